"""Reads json files; an error names its line, and a key there twice is one."""

import json
from pathlib import Path
from typing import Any

from graphattn.datasets.compressed import read_bytes
from graphattn.datasets.errors import DataError, check
from graphattn.datasets.texts import decode

_CALLER = "datasets.load"


def parse_json(path: Path) -> Any:
    """Returns what a json file holds.

    Args:
        path: The file; it may be packed.

    Raises:
        DataError: It is not json; the message names line and column.
    """
    text = decode(path.name, read_bytes(path))
    try:
        return json.loads(text, object_pairs_hook=lambda pairs: _once(path, pairs))
    except json.JSONDecodeError as error:
        reason, line, column = error.msg, error.lineno, error.colno
        shown = {"file": path.name, "line": line, "character": column}
        check(False, _CALLER, f"the file is no json: {reason}", shown)
        raise  # not reached
    except (RecursionError, ValueError) as error:
        if isinstance(error, DataError):
            raise
        rule = f"the file is no json that can be read: {error}"
        raise DataError(f"{_CALLER}: {rule}. Got:\n  file = {path.name!r}") from None


def _once(path: Path, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in found if keys.count(key) > 1)
        shown = {"file": path.name, "id": twice}
        check(False, _CALLER, "an id is there twice; remove one of them", shown)
    return found

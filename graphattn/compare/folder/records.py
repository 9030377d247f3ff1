"""JSON files that know whether they are whole."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from graphattn.compare.folder.files import write_atomically

FORMAT = 1


class CorruptedError(ValueError):
    """A file of a study is not what was written."""


def write_record(file: Path, content: Mapping[str, Any]) -> None:
    """Writes `content` with its checksum, whole or not at all.

    Args:
        file: Where to.
        content: Whatever JSON can hold.
    """
    record = {"format": FORMAT, "sha256": _digest(content), "content": content}
    text = json.dumps(record, indent=1) + "\n"
    write_atomically(file, lambda path: path.write_text(text, "utf-8"))


def read_record(file: Path) -> dict[str, Any]:
    """Returns the content of a file that `write_record` wrote.

    Args:
        file: The file.

    Raises:
        CorruptedError: It is cut short, changed, or of another kind.
        FileNotFoundError: There is no such file.
    """
    try:
        record = json.loads(file.read_text("utf-8"))
        content, stated = record["content"], record["sha256"]
    except (ValueError, KeyError, TypeError) as error:
        raise CorruptedError(f"{file} is not a whole record: {error}") from None
    if not isinstance(content, dict) or _digest(content) != stated:
        raise CorruptedError(f"{file} is not what was written: its checksum differs")
    return content


def _digest(content: Mapping[str, Any]) -> str:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()

"""The terms of a study as a file: `study.toml`, read and written."""

import json
import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from graphattn._errors import require
from graphattn.compare.folder.files import write_atomically

_KINDS: dict[str, tuple[type, ...]] = {
    "data": (list, str),
    **dict.fromkeys(("attention", "baselines", "score", "split", "device"), (str,)),
    **dict.fromkeys(("seeds", "splits", "epochs", "steps", "pairs"), (int,)),
    **dict.fromkeys(("patience", "accumulate", "tune"), (int,)),
    **dict.fromkeys(("schedule", "precision"), (str,)),
    "metric": (str,),
    "seconds": (int, float),
    **dict.fromkeys(("heads", "layers", "hidden"), (int,)),
    **dict.fromkeys(("smiles", "target", "labels", "label"), (str,)),
    **dict.fromkeys(("source", "destination", "text"), (str,)),
    **dict.fromkeys(("on_error", "feature_file"), (str,)),
    **dict.fromkeys(("quick", "full"), (bool,)),
}
KEYS = tuple(_KINDS)


def read_config(file: Path) -> dict[str, Any]:
    """Returns the settings of a `study.toml`, by the names of the command's options.

    Args:
        file: The file. Paths of data in it that exist beside it are taken from there.

    Raises:
        ValueError: It cannot be read, or a setting is unknown or of a wrong type; the
            message names it and the nearest one.
    """
    try:
        given = tomllib.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        rule = "the config file cannot be read"
        require(False, "compare", rule, {"file": str(file), "reason": str(error)})
        raise AssertionError from None
    for key, value in given.items():
        require(
            key in _KINDS,
            "compare",
            "the config file has a setting that does not exist",
            {
                "file": str(file),
                "setting": key,
                "nearest": get_close_matches(key, KEYS, n=3, cutoff=0.3),
            },
        )
        is_number = bool not in _KINDS[key] and isinstance(value, bool)
        require(
            isinstance(value, _KINDS[key]) and not is_number,
            "compare",
            f"{key} must be " + " or ".join(kind.__name__ for kind in _KINDS[key]),
            {"file": str(file), key: value},
        )
    data = given.get("data", [])
    data = [data] if isinstance(data, str) else data
    if data:
        given["data"] = [_beside(file, name) for name in data]
    if "labels" in given:
        given["labels"] = _beside(file, given["labels"])
    return given


def write_config(file: Path, settings: Mapping[str, Any]) -> None:
    """Writes settings so that `read_config` returns them; None is left out.

    Args:
        file: Where to.
        settings: By the names of the command's options.
    """
    lines = [f"{key} = {_toml(settings[key])}" for key in KEYS if _given(settings, key)]
    text = "# graphattn compare study.toml\n" + "\n".join(lines) + "\n"
    write_atomically(file, lambda path: path.write_text(text, "utf-8"))


def _given(settings: Mapping[str, Any], key: str) -> bool:
    return settings.get(key) is not None


def _beside(file: Path, name: str) -> str:
    found = file.parent / name
    return str(found.resolve()) if found.is_file() else name


def _toml(value: Any) -> str:
    # JSON's strings, numbers, lists and booleans are TOML's, but for DEL.
    return json.dumps(value, ensure_ascii=True)

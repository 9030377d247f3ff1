"""Files, written whole or not at all."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from graphattn._errors import require


def check_writable(folder: Path) -> None:
    """Makes `folder` if need be, and tries it before any work is done.

    Args:
        folder: Where the study will go.

    Raises:
        ValueError: Nothing can be written there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        reason = error.strerror or str(error)
        require(
            False,
            "compare",
            "the folder for the results cannot be written to; take another with --out",
            {"out": str(folder), "reason": reason},
        )


def write_atomically(file: Path, write: Callable[[Path], object]) -> None:
    """Writes beside `file` first and then puts it in place, so none is ever half.

    Args:
        file: The file to make or replace.
        write: Writes the content to the path it is given.
    """
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    os.close(handle)
    beside = Path(name)
    try:
        write(beside)
        beside.chmod(0o644)
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)

"""Whether a file is the one that a card describes."""

import hashlib
from functools import lru_cache
from pathlib import Path


def sha256(path: Path) -> str:
    """Returns the sum of a file's bytes, computed once while the file is unchanged.

    Args:
        path: The file.
    """
    state = path.stat()
    return _sum(path, state.st_size, state.st_mtime_ns)


@lru_cache(maxsize=1024)
def _sum(path: Path, size: int, changed: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def unlike(path: Path, size: int | None, expected: str) -> str:
    """Returns how a file differs from what is known of it, or "".

    Args:
        path: The file.
        size: In bytes, where it is known.
        expected: Its sum, or "" where it is not known.
    """
    found = path.stat().st_size
    if size is not None and found != size:
        return f"{found} bytes, not {size}"
    if expected and sha256(path) != expected:
        return f"sha256 {sha256(path)}, not {expected}"
    return ""

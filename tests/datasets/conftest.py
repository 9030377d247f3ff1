from collections.abc import Callable
from pathlib import Path

import pytest

from graphattn.datasets import load

Write = Callable[..., Path]


@pytest.fixture(scope="session")
def nci():
    return load("nci")


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes text or bytes to a new file and returns its path."""

    def to(name: str, content: str | bytes) -> Path:
        raw = content.encode() if isinstance(content, str) else content
        (tmp_path / name).write_bytes(raw)
        return tmp_path / name

    return to

"""The bytes of a file, unpacked where it is a gz, bz2, xz, zst or zip."""

import bz2
import gzip
import lzma
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from graphattn.datasets.errors import DataError, check
from graphattn.datasets.extras import need
from graphattn.datasets.nearest import nearest

_CALLER = "datasets.load"
_STEP = 1 << 22
_MAGIC = 10
MAX_RATIO, ALWAYS_FINE = 250, 1 << 26
"""A file may unpack to 64 MiB, or to 250 times its own size: beyond, it is a bomb."""

SUFFIXES = (".gz", ".bz2", ".xz", ".zst", ".zip")
"""Of the packed files that are read as they are."""


def plain_suffix(path: Path) -> str:
    """Returns the suffix of what is in the file: ``.csv`` for ``ties.csv.gz``.

    Args:
        path: The file.
    """
    inner = path.with_suffix("") if path.suffix.lower() in SUFFIXES else path
    return inner.suffix.lower()


def plain_stem(path: Path) -> str:
    """Returns the name without suffixes: ``ties`` for ``ties.csv.gz``.

    Args:
        path: The file.
    """
    inner = path.with_suffix("") if path.suffix.lower() in SUFFIXES else path
    return inner.stem


def read_bytes(path: Path, most: int | None = None) -> bytes:
    """Returns what is in a file, unpacked where its first bytes say it is packed.

    Args:
        path: The file; a zip must hold one file only.
        most: Where given, only about so many bytes from the beginning are unpacked.

    Raises:
        DataError: The file is missing, a folder, damaged, or unpacks to too much.
        ImportError: It is a zst, and backports.zstd is not installed.
    """
    file = path.name
    check(
        not path.is_dir(), _CALLER, "this is a folder; give a file", {"path": str(path)}
    )
    siblings = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
    check(
        path.is_file(),
        _CALLER,
        "there is no such file",
        {"file": str(path), "nearest": nearest(file, siblings)},
    )
    with path.open("rb") as stream:
        begin = stream.read(_MAGIC)
        fits = (parts for magic, parts in _FORMATS.items() if begin.startswith(magic))
        packed = next(fits, None)
        stream.seek(0)
        raw = stream.read(-1 if packed or most is None else most)
    return raw if not packed else _unpack(file, raw, packed(file, raw), most)


def _unpack(file: str, raw: bytes, parts: Iterator[bytes], most: int | None) -> bytes:
    limit = max(ALWAYS_FINE, MAX_RATIO * len(raw))
    found, size = [], 0
    try:
        for part in parts:
            found.append(part)
            size += len(part)
            if most is not None and size >= most:
                break
            check(
                size <= limit,
                _CALLER,
                "the file unpacks to more than a file of this size should; if it is "
                "what you want, unpack it and give what is in it",
                {"file": file, "bytes": len(raw), "unpacked bytes": f"> {limit}"},
            )
    except _DAMAGED as error:
        rule = f"the file is damaged: {error}; fetch it once more"
        raise DataError(f"{_CALLER}: {rule}. Got:\n  file = {file!r}") from None
    return b"".join(found)


def _steps(unpacked: Any) -> Iterator[bytes]:
    with unpacked:
        while part := unpacked.read(_STEP):
            yield part


def _zst(raw: bytes) -> Iterator[bytes]:
    new = sys.version_info >= (3, 14)  # the standard library brings it since
    zstd: Any = need("compression.zstd" if new else "backports.zstd", "data")
    try:
        yield from _steps(zstd.open(BytesIO(raw)))
    except zstd.ZstdError as error:
        raise OSError(str(error)) from None


def _zip(file: str, raw: bytes) -> Iterator[bytes]:
    archive = zipfile.ZipFile(BytesIO(raw))
    names = [
        name
        for name in archive.namelist()
        if not name.endswith("/") and not name.startswith("__MACOSX/")
    ]
    check(
        len(names) == 1,
        _CALLER,
        "a zip must hold one file; unpack it, and give the file that is meant",
        {"file": file, "files in it": names[:20]},
    )
    yield from _steps(archive.open(names[0]))


# A zip may also name a method or a password that zipfile does not know.
_DAMAGED = (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile)
_DAMAGED += (NotImplementedError, RuntimeError)
_FORMATS: dict[bytes, Callable[[str, bytes], Iterator[bytes]]] = {
    b"\x1f\x8b": lambda _, raw: _steps(gzip.open(BytesIO(raw))),
    b"BZh91AY&SY": lambda _, raw: _steps(bz2.open(BytesIO(raw))),
    b"\xfd7zXZ\0": lambda _, raw: _steps(lzma.open(BytesIO(raw))),
    b"\x28\xb5\x2f\xfd": lambda _, raw: _zst(raw),
    b"PK\x03\x04": _zip,
}

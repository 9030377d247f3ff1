"""Compressed files and archives, read within bounds and never outside their folder."""

import bz2
import gzip
import lzma
import os
import stat
import sys
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from graphattn.datasets.errors import DataError, check
from graphattn.datasets.extras import need

_CALLER = "datasets.load"
_FREE = 64 << 20  # bytes that need no justification
_RATIO = 250  # text of real data sets compresses 3 to 50 times
_MOST = 64 << 30
_MOST_FILES = 1_000_000
_CHUNK = 1 << 20
_DAMAGED = (
    zipfile.BadZipFile,
    tarfile.TarError,
    OSError,
    lzma.LZMAError,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    UnicodeDecodeError,
    ValueError,
    OverflowError,
)
_ZSTD = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"
Stream = Any  # what zipfile, tarfile and tempfile hand out has no base in common
COMPRESSIONS = (".gz", ".bz2", ".xz", ".zst")
ARCHIVES = (".zip", ".tar", ".tgz", *(f".tar{end}" for end in COMPRESSIONS))


def is_archive(path: Path) -> bool:
    """Returns whether a file is called like a zip or tar."""
    return path.name.lower().endswith(ARCHIVES)


def bare_name(path: Path) -> str:
    """Returns the name of a file without the ending of its compression."""
    compressed = path.suffix.lower() in COMPRESSIONS
    return path.stem if compressed else path.name


def read_bytes(path: Path) -> bytes:
    """Returns what a file holds, decompressed where its name says gz, bz2, xz or zst.

    Args:
        path: The file.

    Raises:
        DataError: It is damaged, or grows beyond all bounds.
        ImportError: It is zst, and backports.zstd is not installed.
    """
    if path.suffix.lower() not in COMPRESSIONS:
        return path.read_bytes()
    with _clear(path), _decompressed(path) as file:
        return b"".join(_bounded(file, _allowed(path), path))


class Archive:
    """The files in a zip or tar.

    Attributes:
        names: Of the files, with their folders.
    """

    def __init__(self, path: Path, entries: dict[str, Any], container: Any) -> None:
        """Use `open_archive`."""
        self.names: Sequence[str] = tuple(entries)
        self._path, self._entries, self._container = path, entries, container

    def read(self, name: str) -> bytes:
        """Returns the content of a file.

        Args:
            name: One of `names`.

        Raises:
            DataError: It is damaged.
        """
        with _clear(self._path), self._open(name) as file:
            return b"".join(_bounded(file, _allowed(self._path), self._path))

    def copy(self, name: str, target: Stream) -> None:
        """Writes the content of a file.

        Args:
            name: One of `names`.
            target: Open for writing.

        Raises:
            DataError: It is damaged.
        """
        with _clear(self._path), self._open(name) as file:
            for chunk in _bounded(file, _allowed(self._path), self._path):
                target.write(chunk)

    def _open(self, name: str) -> Stream:
        entry = self._entries[name]
        if isinstance(self._container, zipfile.ZipFile):
            return self._container.open(entry)
        file = self._container.extractfile(entry)
        assert file is not None
        return file


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """Opens a zip or tar, after a look at every name in it.

    Args:
        path: Its name says what it is.

    Raises:
        DataError: It is damaged, has a link or a name outside of its folder, or would
            grow beyond all bounds.
    """
    with ExitStack() as stack:
        with _clear(path):
            if path.suffix.lower() == ".zip":
                container = stack.enter_context(zipfile.ZipFile(path))
                entries = _zip_entries(path, container)
            else:
                # Its own copy: going back in a compressed stream starts it anew.
                plain = stack.enter_context(tempfile.TemporaryFile())
                with _decompressed(path) as file:
                    for chunk in _bounded(file, _allowed(path), path):
                        plain.write(chunk)
                plain.seek(0)
                tar = tarfile.open(fileobj=plain, mode="r:")
                container = stack.enter_context(tar)
                entries = _tar_entries(path, container)
        yield Archive(path, entries, container)


def unpack_member(path: Path, member: str, folder: Path) -> Path:
    """Unpacks one file of an archive, unless it is unpacked already.

    Args:
        path: The archive.
        member: The end of the file's path in it.
        folder: Where it goes, under its name alone.

    Raises:
        DataError: There is not exactly one such file, or the archive is malformed.
    """
    target = folder / Path(member).name
    if target.is_file():
        return target
    with open_archive(path) as archive:
        found = [n for n in archive.names if n == member or n.endswith(f"/{member}")]
        check(
            len(found) == 1,
            _CALLER,
            "the archive must have exactly one file of this name",
            {"archive": str(path), "member": member, "found": found[:9]},
        )
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as part:
            try:
                archive.copy(found[0], part)
                part.flush()
                os.fsync(part.fileno())
            except BaseException:
                Path(part.name).unlink()
                raise
    Path(part.name).replace(target)
    return target


def _decompressed(path: Path) -> Stream:
    openers: dict[str, Any] = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
    openers |= {".tgz": gzip.open}
    ending = path.suffix.lower()
    if ending == ".zst":
        openers[ending] = need(_ZSTD, "data").open
    return openers.get(ending, open)(path, "rb")


def _zip_entries(path: Path, container: zipfile.ZipFile) -> dict[str, Any]:
    listed = container.infolist()
    total = sum(info.file_size for info in listed)
    _check_bounds(path, len(listed), total)
    found = {}
    for info in listed:
        mode = info.external_attr >> 16
        _check_name(path, info.filename, stat.S_ISLNK(mode))
        if not info.is_dir():
            found[info.filename] = info
    return found


def _tar_entries(path: Path, container: tarfile.TarFile) -> dict[str, Any]:
    found = {}
    for count, info in enumerate(container):
        _check_bounds(path, count, info.size)
        special = not (info.isfile() or info.isdir()) or info.issparse()
        _check_name(path, info.name, special)
        if info.isfile():
            found[info.name] = info
    return found


def _check_name(path: Path, name: str, special: bool) -> None:
    parts = name.replace("\\", "/").split("/")
    outside = ".." in parts or parts[0] == "" or ":" in parts[0] or "\0" in name
    rule = (
        "the archive has a link, or a name outside of its own folder; do not trust it"
    )
    check(
        not outside and not special, _CALLER, rule, {"archive": str(path), "file": name}
    )


def _check_bounds(path: Path, count: int, size: int) -> None:
    rule = "the archive claims to hold more than such an archive ever does"
    given = {"archive": str(path), "files": count, "bytes": size}
    whole = count <= _MOST_FILES and size <= _allowed(path)
    check(whole, _CALLER, rule, {**given, "bytes allowed": _allowed(path)})


def _allowed(path: Path) -> int:
    return min(_MOST, max(_FREE, _RATIO * path.stat().st_size))


def _bounded(file: Stream, most: int, path: Path) -> Iterator[bytes]:
    total = 0
    while chunk := file.read(_CHUNK):
        total += len(chunk)
        rule = "the file grows beyond all bounds when it is decompressed"
        given = {"file": str(path), "bytes allowed": most}
        check(total <= most, _CALLER, rule, given)
        yield chunk


@contextmanager
def _clear(path: Path) -> Iterator[None]:
    try:
        yield
    except (DataError, ImportError):
        raise
    except Exception as error:
        # An error of the disk has a number, one of a decompressor has not.
        disk = isinstance(error, OSError) and error.errno is not None
        if disk or not (isinstance(error, _DAMAGED) or _is_zstd(error)):
            raise
        raise DataError(
            f"{_CALLER}: the compressed file is damaged: {error}. Got:\n"
            f"  file = {str(path)!r}"
        ) from None


def _is_zstd(error: Exception) -> bool:
    module = sys.modules.get(_ZSTD)
    return module is not None and isinstance(error, module.ZstdError)

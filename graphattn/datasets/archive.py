"""Archives, read within bounds and never outside of their folder."""

import errno
import os
import stat
import struct
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any

from graphattn.datasets.compressed import ALWAYS_FINE, MAX_RATIO, read_bytes
from graphattn.datasets.errors import DataError, check

_CALLER = "datasets.load"
_MOST = 64 << 30
_MOST_FILES = 1_000_000
_CHUNK = 1 << 20
_DAMAGED = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    UnicodeDecodeError,
    ValueError,
    OverflowError,
)
Stream = Any  # what zipfile, tarfile and tempfile hand out has no base in common
ARCHIVES = (".zip", ".tar", ".tgz", ".tar.gz", ".tar.bz2", ".tar.xz", ".tar.zst")


def is_archive(path: Path) -> bool:
    """Returns whether a file is called like a zip or tar."""
    return path.name.lower().endswith(ARCHIVES)


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
                # Whole: going back in a compressed stream would start it anew.
                tar = tarfile.open(fileobj=BytesIO(read_bytes(path)), mode="r:")
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
    return min(_MOST, max(ALWAYS_FINE, MAX_RATIO * path.stat().st_size))


def _bounded(file: Stream, most: int, path: Path) -> Iterator[bytes]:
    total = 0
    while chunk := file.read(_CHUNK):
        total += len(chunk)
        rule = "the archive grows beyond all bounds when it is unpacked"
        given = {"archive": str(path), "bytes allowed": most}
        check(total <= most, _CALLER, rule, given)
        yield chunk


@contextmanager
def _clear(path: Path) -> Iterator[None]:
    try:
        yield
    except DataError:
        raise
    except (*_DAMAGED, OSError) as error:
        # A wrong offset is an invalid argument; other errors are the disk's.
        if isinstance(error, OSError) and error.errno not in (None, errno.EINVAL):
            raise
        raise DataError(
            f"{_CALLER}: the archive is damaged: {error}. Got:\n"
            f"  archive = {str(path)!r}"
        ) from None

"""One file from the net: resumed, verified, and in its place only when it is whole."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from graphattn.datasets.checksum import unlike
from graphattn.datasets.extras import need

CONNECT, STALL = 10.0, 30.0
"""Seconds to wait for a connection, and for the next byte."""
ATTEMPTS = 5
"""In a row that bring not one byte."""
PAUSE = 0.5
"""Seconds before the second attempt; doubled before each further one, up to 30."""

_CHUNK = 1 << 18
_MOST = 1 << 40  # bytes, where the size is not known
_GONE = (400, 401, 403, 404, 405, 410, 451)

Advance = Callable[[int, int | None], None]
"""Called with the bytes that are there and the bytes there will be."""


class Failed(Exception):
    """An address did not give the file; the text says why."""


class _TryAgain(Exception):
    """The connection broke, or the server is busy."""

    def __init__(self, reason: str, wait: float = 0.0) -> None:
        super().__init__(reason)
        self.wait = wait


def download(
    url: str,
    target: Path,
    *,
    size: int | None = None,
    sha256: str = "",
    advance: Advance = lambda done, total: None,
) -> None:
    """Downloads a file; what arrived before a failure is kept for the next time.

    Of processes that download the same file, one does and the others wait for it.

    Args:
        url: An http or https address.
        target: Where it goes; its folder is made.
        size: Of the file in bytes, where it is known.
        sha256: Of the file, where it is known.
        advance: Is told of the progress.

    Raises:
        Failed: The address does not give this file.
        ImportError: requests or filelock is not installed.
        OSError: The file cannot be written.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    lock = need("filelock", "data").FileLock(target.with_name(f".{target.name}.lock"))
    part = target.with_name(f"{target.name}.part")
    with lock:
        if target.is_file() and (size or sha256) and not unlike(target, size, sha256):
            return  # another process was faster
        if not sha256:
            part.unlink(missing_ok=True)  # of which version it is, nobody knows
        begun = part.is_file()
        reason = _attempt(url, part, size, sha256, advance)
        if reason and begun:
            reason = _attempt(url, part, size, sha256, advance)
        if reason:
            raise Failed(f"what came is not the file that is described: {reason}")
        os.replace(part, target)
        _settle(target.parent)


def _attempt(
    url: str, part: Path, size: int | None, sha256: str, advance: Advance
) -> str:
    """Completes `part`; returns what is wrong with it, after removing it, or ""."""
    _complete(url, part, size, advance)
    if reason := unlike(part, size, sha256):
        part.unlink()
    return reason


def _complete(url: str, part: Path, size: int | None, advance: Advance) -> None:
    failures, version = 0, ""
    while True:
        before = part.stat().st_size if part.is_file() else 0
        try:
            with _answer(url, before, version) as answer:
                version = answer.headers.get("ETag", "")
                _append(answer, part, size, advance)
            return
        except _TryAgain as broken:
            grown = part.is_file() and part.stat().st_size > before
            failures = 0 if grown else failures + 1
            if failures == ATTEMPTS:
                raise Failed(f"{broken} ({ATTEMPTS} attempts)") from None
            time.sleep(max(broken.wait, min(PAUSE * 2**failures, 30.0)))


@contextmanager
def _answer(url: str, begin: int, version: str) -> Iterator[Any]:
    requests = need("requests", "data")
    headers = {"Accept-Encoding": "identity", "User-Agent": "graphattn"}
    if begin:
        headers["Range"] = f"bytes={begin}-"
    if begin and version and not version.startswith("W/"):
        headers["If-Range"] = version
    broken = (requests.RequestException, need("urllib3", "data").exceptions.HTTPError)
    final = (
        requests.TooManyRedirects,
        requests.exceptions.InvalidSchema,
        requests.exceptions.MissingSchema,
        requests.exceptions.InvalidURL,
        requests.exceptions.SSLError,
    )
    try:
        with (
            requests.Session() as session,
            session.get(
                url, headers=headers, stream=True, timeout=(CONNECT, STALL)
            ) as answer,
        ):
            _check_answer(url, answer)
            yield answer
    except final as error:
        raise Failed(str(error)) from None
    except broken as error:
        raise _TryAgain(f"{type(error).__name__}: {error}") from None


def _check_answer(url: str, answer: Any) -> None:
    hops = [hop.url for hop in (*answer.history, answer)]
    if url.startswith("https:") and not all(hop.startswith("https:") for hop in hops):
        raise Failed(f"it leads to an address that is not secure: {hops[-1]}")
    status = f"the server answers {answer.status_code} {answer.reason}"
    if answer.status_code in _GONE:
        raise Failed(status)
    if answer.status_code not in (200, 206, 416):
        after = answer.headers.get("Retry-After", "")
        raise _TryAgain(status, min(float(after), 60.0) if after.isdigit() else 0.0)


def _append(answer: Any, part: Path, size: int | None, advance: Advance) -> None:
    begin = _begin(answer, part)
    length = answer.headers.get("Content-Length", "")
    total = begin + int(length) if length.isdigit() else size
    most = _MOST if size is None else size
    with part.open("r+b" if begin else "wb") as file:
        file.seek(begin)
        file.truncate()
        done = begin
        for chunk in answer.raw.stream(_CHUNK, decode_content=False):
            done += len(chunk)
            if done > most:
                raise Failed(f"more than {most} bytes came")
            file.write(chunk)
            advance(done, total)
        file.flush()
        os.fsync(file.fileno())


def _begin(answer: Any, part: Path) -> int:
    """Returns where in the file the answer's first byte belongs."""
    have = part.stat().st_size if part.is_file() else 0
    if answer.status_code == 206:
        found = answer.headers.get("Content-Range", "")
        if found.startswith(f"bytes {have}-"):
            return have
    if answer.status_code in (206, 416):  # another piece than we asked for, or none
        part.unlink(missing_ok=True)
        raise _TryAgain("the server does not go on where the download broke off")
    return 0


def _settle(folder: Path) -> None:
    if hasattr(os, "O_DIRECTORY"):  # Windows settles a renaming by itself
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

"""Text files: what is packed unpacked, and the encoding found out."""

import codecs
from pathlib import Path

from graphattn.datasets.compressed import read_bytes
from graphattn.datasets.errors import check

_CALLER = "datasets.load"
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
HEAD = 1 << 17
"""How many bytes of a file are looked at to tell what it is."""


def read_text(path: Path, encoding: str | None = None) -> str:
    """Reads a text file: UTF-8, with or without its mark, or UTF-16 with it.

    A gz, bz2, xz or zst, and a zip of one file, is unpacked.

    Args:
        path: The file.
        encoding: Used instead.

    Raises:
        DataError: The file is missing, a folder, empty, or not text.
    """
    file = path.name
    text = decode(file, read_bytes(path), encoding)
    check(text.strip() != "", _CALLER, "the file is empty", {"file": file})
    return text


def read_head(path: Path, encoding: str | None = None) -> tuple[str, bool]:
    """Reads the beginning of a text file; returns whether that is all of it, too.

    Args:
        path: The file.
        encoding: As in `read_text`.

    Raises:
        DataError: The file is missing, a folder, empty, or not text.
    """
    raw = read_bytes(path, HEAD)
    whole = len(raw) < HEAD or encoding is not None or raw.startswith(_UTF16)
    if whole:
        return read_text(path, encoding), True
    cut = max(raw.rfind(b"\n"), raw.rfind(b"\r"))
    text = decode(path.name, raw[: cut + 1])
    return (text, False) if text.strip() else (read_text(path), True)


def utf8(file: str, raw: bytes, encoding: str | None = None) -> bytes:
    r"""Returns text as UTF-8 without its mark, every line ended by ``\n`` alone.

    Args:
        file: Its name, for messages.
        raw: What is in the file.
        encoding: As in `read_text`.

    Raises:
        DataError: It is not text.
    """
    plain = encoding is None and not raw.startswith(_UTF16) and b"\0" not in raw
    if not plain or not raw.isascii():
        raw = decode(file, raw, encoding).encode()
    if b"\r" in raw:
        raw = raw.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return raw


def decode(file: str, raw: bytes, encoding: str | None = None) -> str:
    """Returns the text that `raw` is; options as in `read_text`.

    Args:
        file: Its name, for messages.
        raw: The bytes.
        encoding: By default UTF-8, or UTF-16 where its mark says so.

    Raises:
        DataError: It is not text of this encoding.
    """
    if encoding is None:
        utf16 = raw.startswith(_UTF16)
        encoding = "utf-16" if utf16 else "utf-8-sig"
    zero = raw.find(b"\0")
    given = {"file": file, "line": raw.count(b"\n", 0, max(zero, 0)) + 1}
    rule = "the file is not text but binary; give a csv, a tsv or an edge list"
    check(zero < 0 or encoding.startswith("utf-16"), _CALLER, rule, given)
    try:
        return raw.decode(encoding)
    except LookupError:
        rule = "there is no such encoding"
        check(False, _CALLER, rule, {"file": file, "encoding": encoding})
        raise  # not reached
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        given = {"file": file, "line": line, "value": raw[error.start : error.end]}
        advice = 'save it as UTF-8, or name its encoding, such as encoding="latin-1"'
        check(
            False,
            _CALLER,
            f"the file is not {encoding.removesuffix('-sig')} text; {advice}",
            given,
        )
        raise  # not reached

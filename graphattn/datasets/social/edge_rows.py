"""Reads the rows of an edge list: with polars, and one by one to find an error."""

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any

import numpy as np

from graphattn.datasets.compressed import read_bytes
from graphattn.datasets.errors import check
from graphattn.datasets.extras import need
from graphattn.datasets.numbers import number
from graphattn.datasets.social.edge_columns import Layout
from graphattn.datasets.tables import SPACES, cells, no_table, wrong_width
from graphattn.datasets.texts import utf8

_CALLER = "datasets.load"
_INTEGER = re.compile(r"-?[1-9][0-9]{0,17}|0")
_OTHER_BLANKS = b"\x0b\x0c\x1c\x1d\x1e\x1f"  # to Python, not to polars
_STEP = 1 << 24


@dataclass(frozen=True)
class EdgeRows:
    """The ties as they stand in the file.

    Attributes:
        file: Its name.
        sources: The id of one end, one per row: a polars series of Int64 where all
            ids are integers as Python writes them, else of String.
        destinations: The id of the other end, of the same type.
        weights: One per row, or None.
        columns: The other columns that were asked for, as text.
        comments: How many lines of comment there are.
        line: The line of a row, both counted from 1.
    """

    file: str
    sources: Any
    destinations: Any
    weights: np.ndarray | None
    columns: dict[str, Any]
    comments: int
    line: Callable[[int], int]

    def ids(self) -> set[str]:
        """Returns the ids of all ends, as text."""
        pl = need("polars", "social")
        both = (self.sources, self.destinations)
        return {name for end in both for name in end.unique().cast(pl.String)}


def read_rows(
    path: Path, layout: Layout, comment: str | None, encoding: str | None
) -> EdgeRows:
    """Reads the columns of an edge list that `layout` names.

    Args:
        path: The file.
        layout: How it is written.
        comment: Lines that begin with one of these characters are no rows.
        encoding: As in `read_text`.

    Raises:
        DataError: A row is too short or too long, an id is empty, or a weight no
            number.
    """

    def text() -> bytes:
        return utf8(path.name, read_bytes(path), encoding)

    frame = comments = None
    plain = _plain(text(), layout, comment)
    if plain is not None:
        comments = plain[1]
        frame = _parsed(plain[0], layout)
    if frame is None:
        frame, comments = _one_by_one(text(), layout, comment)

    def line(row: int) -> int:
        rows = _rows(text(), layout, comment)
        return next(at for number, (at, _) in enumerate(rows, start=1) if number == row)

    names = [layout.columns[i] for i in layout.ends]
    weights = (
        None
        if layout.weight is None
        else frame[str(layout.weight)].to_numpy(writable=True)
    )
    others = {*layout.attributes, layout.time} - {None}
    return EdgeRows(
        file=layout.file,
        sources=frame[str(layout.ends[0])].alias(names[0]),
        destinations=frame[str(layout.ends[1])].alias(names[1]),
        weights=weights,
        columns={
            name: frame[str(i)].alias(name)
            for i, name in enumerate(layout.columns)
            if i in others
        },
        comments=comments or 0,
        line=line,
    )


def _rows(
    text: bytes, layout: Layout, comment: str | None
) -> Iterator[tuple[int, tuple[str, ...]]]:
    lines = TextIOWrapper(BytesIO(text), encoding="utf-8", newline="\n")
    rows = cells(lines, layout.delimiter, comment)
    if layout.header:
        next(rows)
    return rows


def _one_by_one(text: bytes, layout: Layout, comment: str | None) -> tuple[Any, int]:
    """Reads every row in Python: slow, exact, and with the line of every error."""
    pl = need("polars", "social")
    found: dict[int, list[Any]] = {i: [] for i in layout.used}
    try:
        for row, (line, fields) in enumerate(_rows(text, layout, comment), start=1):
            if len(fields) != len(layout.columns):
                wrong_width(layout.file, line, fields, layout.delimiter, layout.columns)
            place = {"file": layout.file, "row": row, "line": line}
            for i, values in found.items():
                if i in layout.ends:
                    _check_id(fields, i, layout, place)
                value = fields[i]
                values.append(_weight(value, i, layout, place))
    except csv.Error as error:
        raise no_table(layout.file, error) from None
    frame = pl.DataFrame({str(i): values for i, values in found.items()})
    begins = tuple(c.encode() for c in comment or "")
    lines = (line.lstrip() for line in text.split(b"\n")) if begins else ()
    return frame, sum(line.startswith(begins) for line in lines)


def _check_id(
    fields: tuple[str, ...], i: int, layout: Layout, place: dict[str, object]
) -> None:
    check(
        fields[i] != "",
        _CALLER,
        "a tie lacks the id of one end; fill it in, or remove the row",
        place | {"column": layout.columns[i], "value": list(fields)},
    )


def _weight(cell: str, i: int, layout: Layout, place: dict[str, object]) -> str | float:
    if i != layout.weight:
        return cell
    value = number(cell)
    check(
        value is not None,
        _CALLER,
        "the weight of a tie is not a number; correct it, or name another weight=",
        place | {"column": layout.columns[i], "value": cell},
    )
    assert value is not None
    return value


def _plain(
    text: bytes, layout: Layout, comment: str | None
) -> tuple[bytes, int] | None:
    """Returns rows alone, one character between cells; None where that is unclear."""
    if any(bytes([blank]) in text for blank in _OTHER_BLANKS):
        return None
    spaces = layout.delimiter == SPACES
    quoted = not spaces and b'"' in text
    if text.startswith(b"\n") or text.endswith(b"\n\n"):
        text = text.strip(b"\n")
    found = _without_comments(text, comment or "", quoted)
    if found is None or (quoted and not _paired(found[0], layout)):
        return None
    text, comments = found
    if spaces:
        if not text.isascii():
            return None
        text = text.replace(b"\t", b" ").strip(b" \n")
        while b"  " in text:
            text = text.replace(b"  ", b" ")
        text = text.replace(b"\n ", b"\n").replace(b" \n", b"\n")
    while b"\n\n" in text and not quoted:
        text = text.replace(b"\n\n", b"\n")
    return (text, comments) if quoted or _is_even(text, layout) else None


def _without_comments(
    text: bytes, comment: str, quoted: bool
) -> tuple[bytes, int] | None:
    begins = tuple(c.encode() for c in comment)
    comments, at = 0, 0
    while begins and text.startswith(begins, at):
        comments += 1
        end = text.find(b"\n", at)
        at = len(text) if end < 0 else end + 1
    text = text[at:] if at else text
    kind = b"[" + b"".join(map(re.escape, begins)) + b"]"
    if any(c in text and re.search(rb"(?:\A|\n)[ \t]*" + kind, text) for c in begins):
        if quoted:  # it may be within quotes
            return None
        text, more = re.subn(rb"(?m)^[ \t]*" + kind + rb"[^\n]*\n?", b"", text)
        comments += more
    return text, comments


def _paired(text: bytes, layout: Layout) -> bool:
    """Whether quotes stand at both ends of cells, and nowhere else."""
    cut = layout.delimiter.encode()
    begin = text.startswith(b'"') + text.count(b'\n"') + text.count(cut + b'"')
    end = text.endswith(b'"') + text.count(b'"\n') + text.count(b'"' + cut)
    return begin == end and begin + end == text.count(b'"')


def _is_even(text: bytes, layout: Layout) -> bool:
    """Whether all rows have as many cells as there are columns."""
    cut, width = layout.delimiter.encode(), len(layout.columns) - 1
    rows = text.count(b"\n") + (not text.endswith(b"\n"))
    if text.count(cut) != rows * width:
        return False
    if not layout.ignored:  # polars sees to it that no row is too long
        return True
    given = np.frombuffer(text, dtype=np.uint8)
    cuts = np.flatnonzero(given == ord(cut)).reshape(rows, width)
    ends = np.append(np.flatnonzero(given == ord("\n")), len(text))[:rows]
    return bool((cuts[:, -1] < ends).all() and (cuts[1:, 0] > ends[:-1]).all())


def _canonical(text: bytes) -> bool:
    """Whether no integer is written as "+1", "01" or "-0": that were another id."""
    if b"+" in text or b"-0" in text:
        return False
    given = np.frombuffer(text, dtype=np.uint8)
    for at in range(0, len(given), _STEP):
        part = given[max(at - 1, 0) : at + _STEP + 1]
        digit = (part >= ord("0")) & (part <= ord("9"))
        zero = (part[:-1] == ord("0")) & digit[1:]  # followed by a digit
        zero[1:] &= ~(digit[:-2] | (part[:-2] == ord(".")))
        if zero[int(at > 0) :].any():
            return False
    return True


def _parsed(text: bytes, layout: Layout) -> Any:
    """Returns a frame of the columns that are used; None where polars cannot tell."""
    pl = need("polars", "social")
    integers = _canonical(text) and all(
        _INTEGER.fullmatch(row.cells[i])
        for row in layout.head.rows
        for i in layout.ends
        if i < len(row.cells)
    )
    quoted = layout.delimiter != SPACES and b'"' in text
    names = [str(i) for i in range(len(layout.columns))]
    for ids in (pl.Int64, pl.String) if integers else (pl.String,):
        types = dict.fromkeys(names, pl.String) | {str(i): ids for i in layout.ends}
        if layout.weight is not None:
            types[str(layout.weight)] = pl.Float64
        try:
            frame = pl.read_csv(
                text,
                has_header=False,
                skip_rows=int(layout.header),
                separator=layout.delimiter,
                quote_char='"' if quoted else None,
                schema=types,
                columns=None if quoted else list(layout.used),
            )
        except pl.exceptions.PolarsError:
            continue
        if quoted and frame[names[-1]].null_count():
            return None  # an empty cell, or a row that is too short
        return _clean(frame, layout)
    return None


def _clean(frame: Any, layout: Layout) -> Any:
    pl = need("polars", "social")
    frame = frame.with_columns(pl.col(pl.String).str.strip_chars())
    for i in layout.ends:
        ids = frame[str(i)]
        if ids.null_count() or (ids.dtype == pl.String and (ids == "").any()):
            return None
    if layout.weight is not None:
        weights = frame[str(layout.weight)]
        if weights.null_count() or not weights.is_finite().all():
            return None
    return frame.with_columns(pl.col(pl.String).fill_null(""))

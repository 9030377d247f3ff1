"""Text files of rows and columns: encoding, delimiter, header, line numbers."""

import codecs
import csv
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from graphattn.datasets.compressed import read_bytes
from graphattn.datasets.errors import DataError, check
from graphattn.datasets.nearest import nearest

_CALLER = "datasets.load"
_DELIMITERS = (",", "\t", ";", "|")
_SPACES = " "  # any run of blanks


class Row(NamedTuple):
    """One data row.

    Attributes:
        row: Its number, counted from 1 below the header.
        line: The line it begins on, counted from 1.
        cells: Its fields, without blanks around them.
    """

    row: int
    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A file of rows that all have as many cells as `columns` has names.

    Attributes:
        file: Name of the file, for messages.
        columns: Names of the columns; empty where the file has no header.
        rows: The data rows.
    """

    file: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def index(self, column: str, option: str) -> int:
        """Returns the position of `column`.

        Args:
            column: Its name.
            option: The option in which it was given, for the message.

        Raises:
            DataError: There is no such column; the message names the nearest ones.
        """
        check(
            column in self.columns,
            _CALLER,
            f"the file has no such column; set {option}= to one of `columns`",
            {
                "file": self.file,
                option: column,
                "nearest": nearest(column, self.columns),
                "columns": list(self.columns),
            },
        )
        twice = {"file": self.file, option: column, "columns": list(self.columns)}
        rule = "two columns have this name; rename one of them"
        check(self.columns.count(column) == 1, _CALLER, rule, twice)
        return self.columns.index(column)

    def guess(self, known: Sequence[str]) -> str | None:
        """Returns the first column whose name is in `known`, however it is written."""
        plain = {plain_name(column): column for column in reversed(self.columns)}
        return next((plain[name] for name in known if name in plain), None)

    @property
    def numbered(self) -> tuple[str, ...]:
        """Names for the columns of a file without header: "1", "2" and so on."""
        return tuple(str(at) for at in range(1, len(self.rows[0].cells) + 1))

    def with_header(self) -> "Table":
        """Returns the table, read without header, with its first row as the names."""
        names, *rows = self.rows
        given = {"file": self.file, "columns": list(names.cells)}
        check(len(rows) > 0, _CALLER, "the file has a header but no row", given)
        numbered = (Row(row, *old[1:]) for row, old in enumerate(rows, start=1))
        return Table(self.file, names.cells, tuple(numbered))

    def values(self, column: int) -> list[str]:
        """Returns the cells of a column."""
        return [row.cells[column] for row in self.rows]


def plain_name(name: str) -> str:
    """Returns `name` in lower case, letters and digits only."""
    return "".join(c for c in name.lower() if c.isalnum())


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
        utf16 = raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
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


def read_table(
    path: Path,
    *,
    columns: Sequence[str] | None = None,
    header: bool = True,
    delimiter: str | None = None,
    comment: str | None = None,
    encoding: str | None = None,
    ragged: bool = False,
) -> Table:
    """Reads a csv, tsv or blank-separated table.

    Args:
        path: The file.
        columns: Names of the columns of a file without header.
        header: Whether the first row holds the names, where `columns` does not.
        delimiter: By default the one of comma, tab, semicolon and bar that cuts the
            first rows into equal numbers of cells, else blanks.
        comment: Lines that begin with one of these characters are no rows.
        encoding: By default UTF-8, or UTF-16 where its mark says so.
        ragged: Whether rows may differ in their number of cells.

    Raises:
        DataError: The file cannot be read, has no row, or a row has too few or too
            many cells.
    """
    text = read_text(path, encoding)
    try:
        if delimiter is None:
            delimiter = _sniff(text, comment)
        cells = _cells(text, delimiter, comment)
    except csv.Error as error:
        rule = f"the file is not a table: {error}; look for a quote without its pair"
        raise DataError(f"{_CALLER}: {rule}. Got:\n  file = {path.name!r}") from None
    check(len(cells) > 0, _CALLER, "the file is empty", {"file": path.name})
    names = tuple(columns or ())
    width = len(names) or len(cells[0][1])
    for line, fields in cells:
        check(
            ragged or len(fields) == width,
            _CALLER,
            f"a line has {len(fields)} cells where {width} are due; quote cells that "
            "contain the delimiter, or give delimiter=",
            {
                "file": path.name,
                "line": line,
                "value": list(fields),
                "delimiter": "blanks" if delimiter == _SPACES else delimiter,
                "columns": list(names or cells[0][1]),
            },
        )
    rows = tuple(Row(row, *found) for row, found in enumerate(cells, start=1))
    table = Table(path.name, names, rows)
    return table.with_header() if header and columns is None else table


def _cells(
    text: str, delimiter: str, comment: str | None
) -> list[tuple[int, tuple[str, ...]]]:
    # Not splitlines(), which also cuts at form feeds and Unicode's separators.
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if comment is not None:  # an empty line instead keeps the line numbers
        lines = ["" if s.lstrip().startswith(tuple(comment)) else s for s in lines]
    if delimiter == _SPACES:
        split = ((n, tuple(s.split())) for n, s in enumerate(lines, start=1))
        return [(n, fields) for n, fields in split if fields]
    reader = csv.reader([s + "\n" for s in lines], delimiter=delimiter)
    found, begins = [], 1
    for fields in reader:
        if any(field.strip() for field in fields):
            found.append((begins, tuple(field.strip() for field in fields)))
        begins = reader.line_num + 1
    return found


def _sniff(text: str, comment: str | None) -> str:
    head = "\n".join(text[:100_000].split("\n")[:200])
    best, best_share = ",", 0.5
    for delimiter in (*_DELIMITERS, _SPACES):
        widths = Counter(len(fields) for _, fields in _cells(head, delimiter, comment))
        width, count = widths.most_common(1)[0] if widths else (1, 0)
        if width > 1 and count / widths.total() > best_share:
            best, best_share = delimiter, count / widths.total()
    return best

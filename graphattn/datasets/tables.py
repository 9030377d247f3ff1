"""Text files of rows and columns: delimiter, header, line numbers."""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, NoReturn

from graphattn.datasets.errors import DataError, check
from graphattn.datasets.nearest import nearest
from graphattn.datasets.texts import read_text

_CALLER = "datasets.load"
_DELIMITERS = (",", "\t", ";", "|")
SPACES = " "
"""The delimiter that stands for any run of blanks."""


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
    return parse_table(
        path.name,
        read_text(path, encoding),
        columns=columns,
        header=header,
        delimiter=delimiter,
        comment=comment,
        ragged=ragged,
    )


def parse_table(
    file: str,
    text: str,
    *,
    columns: Sequence[str] | None = None,
    header: bool = True,
    delimiter: str | None = None,
    comment: str | None = None,
    ragged: bool = False,
) -> Table:
    """Returns the table that `text` is; options and errors as in `read_table`.

    Args:
        file: Its name, for messages.
        text: What is in the file.
        columns: Names of the columns of a file without header.
        header: Whether the first row holds the names.
        delimiter: By default found out.
        comment: Lines that begin with one of these characters are no rows.
        ragged: Whether rows may differ in their number of cells.
    """
    try:
        if delimiter is None:
            delimiter = sniff(text, comment)
        found = list(cells(_lines(text), delimiter, comment))
    except csv.Error as error:
        raise no_table(file, error) from None
    check(len(found) > 0, _CALLER, "the file is empty", {"file": file})
    names = tuple(columns or ())
    width = len(names) or len(found[0][1])
    for line, fields in found:
        if len(fields) != width and not ragged:
            wrong_width(file, line, fields, delimiter, names or found[0][1])
    rows = tuple(Row(row, *of) for row, of in enumerate(found, start=1))
    table = Table(file, names, rows)
    return table.with_header() if header and columns is None else table


def no_table(file: str, error: csv.Error) -> DataError:
    """Returns the error of a file with a quote that has no pair."""
    rule = f"the file is not a table: {error}; look for a quote without its pair"
    return DataError(f"{_CALLER}: {rule}. Got:\n  file = {file!r}")


def wrong_width(
    file: str, line: int, fields: Sequence[str], delimiter: str, columns: Sequence[str]
) -> NoReturn:
    """Raises the error of a row that has more or fewer cells than `columns`."""
    check(
        False,
        _CALLER,
        f"a line has {len(fields)} cells where {len(columns)} are due; quote cells "
        "that contain the delimiter, or give delimiter=",
        {
            "file": file,
            "line": line,
            "value": list(fields),
            "delimiter": "blanks" if delimiter == SPACES else delimiter,
            "columns": list(columns),
        },
    )
    raise AssertionError


def cells(
    lines: Iterable[str], delimiter: str, comment: str | None
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yields the number of the first line of each row, and its cells.

    Args:
        lines: Those of the file, with or without their ends.
        delimiter: One character; a blank stands for any run of blanks.
        comment: Lines that begin with one of these characters are no rows.

    Raises:
        csv.Error: A quote has no pair.
    """
    if comment is not None:  # an empty line instead keeps the line numbers
        begins_with = tuple(comment)
        lines = ("" if s.lstrip().startswith(begins_with) else s for s in lines)
    if delimiter == SPACES:
        split = ((n, tuple(s.split())) for n, s in enumerate(lines, start=1))
        yield from ((n, fields) for n, fields in split if fields)
        return
    reader = csv.reader((s.rstrip("\n") + "\n" for s in lines), delimiter=delimiter)
    begins = 1
    for fields in reader:
        if any(field.strip() for field in fields):
            yield begins, tuple(field.strip() for field in fields)
        begins = reader.line_num + 1


def _lines(text: str) -> list[str]:
    # Not splitlines(), which also cuts at form feeds and Unicode's separators.
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def sniff(text: str, comment: str | None) -> str:
    """Returns the delimiter that cuts the first rows into equal numbers of cells.

    Args:
        text: The file, or its beginning.
        comment: As in `cells`.
    """
    head = _lines(text[:100_000])[:200]
    best, best_share = ",", 0.5
    for delimiter in (*_DELIMITERS, SPACES):
        widths = Counter(len(fields) for _, fields in cells(head, delimiter, comment))
        width, count = widths.most_common(1)[0] if widths else (1, 0)
        if width > 1 and count / widths.total() > best_share:
            best, best_share = delimiter, count / widths.total()
    return best

"""Reads the columns of an edge list: both ends, and the weight."""

from dataclasses import dataclass
from pathlib import Path

from graphattn.datasets.errors import check
from graphattn.datasets.numbers import number
from graphattn.datasets.tables import Table, plain_name, read_table

_CALLER = "datasets.load"
SOURCE_NAMES = (
    *("source", "src", "from", "fromnodeid", "fromid", "sender", "ego"),
    *("id1", "node1", "nodea", "user1", "person1", "sourceid", "i", "u"),
)
DESTINATION_NAMES = (
    *("destination", "dst", "dest", "target", "to", "tonodeid", "toid", "receiver"),
    *("alter", "id2", "node2", "nodeb", "user2", "person2", "targetid", "j", "v"),
)
_WEIGHT_NAMES = ("weight", "w", "weights", "strength", "count")


@dataclass(frozen=True)
class EdgeColumns:
    """The ties as they stand in the file.

    Attributes:
        file: Its name.
        sources: The id of one end, one per row.
        destinations: The id of the other.
        weights: One per row, or None.
        lines: The line of each row, counted from 1.
        ignored: The names of the other columns.
    """

    file: str
    sources: list[str]
    destinations: list[str]
    weights: list[float] | None
    lines: list[int]
    ignored: list[str]


def edge_columns(
    path: Path,
    *,
    source: str | None,
    destination: str | None,
    weight: str | None,
    header: bool | None,
    delimiter: str | None,
    comment: str | None,
    encoding: str | None,
) -> EdgeColumns:
    """Reads the columns of an edge list; options as in `edge_list.read`.

    Raises:
        DataError: The file has not the columns, an id is empty, or a weight no number.
    """
    table = read_table(
        path, header=False, delimiter=delimiter, comment=comment, encoding=encoding
    )
    if header is None:
        header = has_header(table, {source, destination, weight} - {None})
    if header:
        table = table.with_header()
    else:
        table = Table(table.file, table.numbered, table.rows)
    found = _ends(table, source, destination, header)
    if weight is None and header:
        weight = table.guess(_WEIGHT_NAMES)
    weight_at = None if weight is None else table.index(weight, "weight")
    _check_ids(table, found)
    ends = [table.values(index) for index in found]
    used = {*found, weight_at}
    return EdgeColumns(
        table.file,
        ends[0],
        ends[1],
        None if weight_at is None else _weights(table, weight_at),
        [row.line for row in table.rows],
        [column for i, column in enumerate(table.columns) if i not in used],
    )


def has_header(table: Table, asked: set[str | None]) -> bool:
    """Returns whether the first row of an edge list holds names.

    It does where it has a column that was asked for or a name that tells; or where
    its ids are no integers and all others are, or it alone has no number in a column.

    Args:
        table: Read without header.
        asked: The columns that the user named.
    """
    first, rest = table.rows[0].cells, table.rows[1:]
    if asked & set(first):
        return True
    plain = {plain_name(cell) for cell in first}
    if plain & set(SOURCE_NAMES) and plain & set(DESTINATION_NAMES):
        return True
    columns = zip(first, zip(*(row.cells for row in rest), strict=False), strict=False)
    return any(
        number(name) is None and all(number(cell) is not None for cell in cells)
        for name, cells in columns
    )


def _ends(
    table: Table, source: str | None, destination: str | None, header: bool
) -> tuple[int, int]:
    columns = list(table.columns)
    given = {"file": table.file, "columns": columns}
    check(len(columns) >= 2, _CALLER, "an edge list needs two columns of ids", given)
    if header:
        source = source or table.guess(SOURCE_NAMES)
        destination = destination or table.guess(DESTINATION_NAMES)
    weights = table.guess(_WEIGHT_NAMES) if header else None
    rest = [c for c in columns if c not in (source, destination, weights)]
    named = (source is not None) + (destination is not None)
    check(
        not header or named + len(rest) == 2 or named == 2,
        _CALLER,
        "cannot tell which columns hold the two ends of a tie; name them with source= "
        "and destination=",
        given,
    )
    source = source or rest.pop(0)
    destination = destination or next(c for c in rest if c != source)
    return table.index(source, "source"), table.index(destination, "destination")


def _check_ids(table: Table, ends: tuple[int, int]) -> None:
    for row in table.rows:
        for end in ends:
            check(
                row.cells[end] != "",
                _CALLER,
                "a tie lacks the id of one end; fill it in, or remove the row",
                {
                    "file": table.file,
                    "row": row.row,
                    "line": row.line,
                    "column": table.columns[end],
                    "value": list(row.cells),
                },
            )


def _weights(table: Table, weight_at: int) -> list[float]:
    weights = []
    for row in table.rows:
        weights.append(number(row.cells[weight_at]))
        check(
            weights[-1] is not None,
            _CALLER,
            "the weight of a tie is not a number; correct it, or name another weight=",
            {
                "file": table.file,
                "row": row.row,
                "line": row.line,
                "column": table.columns[weight_at],
                "value": row.cells[weight_at],
            },
        )
    return weights

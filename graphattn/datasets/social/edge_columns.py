"""Which columns of an edge list hold what: told by options, names and first rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from graphattn.datasets.errors import check
from graphattn.datasets.numbers import number
from graphattn.datasets.tables import Table, parse_table, plain_name, sniff
from graphattn.datasets.texts import read_head

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
class Layout:
    """How an edge list is written.

    Attributes:
        file: Its name.
        delimiter: One character; a blank stands for any run of blanks.
        header: Whether the first row holds names.
        columns: Names of the columns: "1", "2" and so on without header.
        ends: Positions of source and destination.
        weight: Position of the weight, or None.
        time: Position of the time, or None.
        attributes: Positions of the columns that become `edge_attr`.
        head: The first rows.
    """

    file: str
    delimiter: str
    header: bool
    columns: tuple[str, ...]
    ends: tuple[int, int]
    weight: int | None
    time: int | None
    attributes: tuple[int, ...]
    head: Table

    @property
    def used(self) -> tuple[int, ...]:
        """Positions of the columns that are read, in their order in the file."""
        named = {*self.ends, self.weight, self.time, *self.attributes} - {None}
        return tuple(i for i in range(len(self.columns)) if i in named)

    @property
    def ignored(self) -> list[str]:
        """Names of the columns that are not read."""
        used = self.used
        return [name for i, name in enumerate(self.columns) if i not in used]


def edge_layout(
    path: Path,
    *,
    source: str | None,
    destination: str | None,
    weight: str | None,
    time: str | None,
    attributes: Sequence[str] | str,
    header: bool | None,
    delimiter: str | None,
    comment: str | None,
    encoding: str | None,
) -> Layout:
    """Finds out how an edge list is written; options as in `edge_list.read`.

    Raises:
        DataError: The file is no table, or has not the columns.
    """
    text, whole = read_head(path, encoding)
    delimiter = delimiter or sniff(text, comment)
    table = parse_table(
        path.name,
        text,
        header=False,
        delimiter=delimiter,
        comment=comment,
        ragged=not whole,
    )
    every = attributes == "all"
    named = () if every else [attributes] if isinstance(attributes, str) else attributes
    asked = {source, destination, weight, time, *named} - {None}
    header = has_header(table, asked) if header is None else header
    if header:
        table = table.with_header()
    else:
        table = Table(table.file, table.numbered, table.rows)
    ends = _ends(table, source, destination, header)
    if weight is None and header:
        weight = table.guess(_WEIGHT_NAMES)
    weight_at = None if weight is None else table.index(weight, "weight")
    time_at = None if time is None else table.index(time, "time")
    others = {*range(len(table.columns))} - {*ends, weight_at, time_at}
    return Layout(
        file=path.name,
        delimiter=delimiter,
        header=header,
        columns=table.columns,
        ends=ends,
        weight=weight_at,
        time=time_at,
        attributes=tuple(sorted(others))
        if every
        else tuple(table.index(name, "edge_attributes") for name in named),
        head=table,
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

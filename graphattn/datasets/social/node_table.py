"""Reads a table of nodes: an id, and labels or attributes beside it."""

import math
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from graphattn.datasets.compressed import plain_suffix
from graphattn.datasets.errors import check
from graphattn.datasets.social.attributes import Nan
from graphattn.datasets.social.typed_table import typed_table
from graphattn.datasets.tables import Row, Table, plain_name, read_table

Role = Literal["labels", "nodes", "attributes"]
_CALLER = "datasets.load"
_ID_NAMES = ("id", "nodeid", "node", "userid", "user", "person", "name", "ids", "index")
_MOST_CLASSES = 100
_LABEL_NAMES = ("label", "labels", "class", "target", "y", "group", "category")


@dataclass(frozen=True)
class NodeTable:
    """What a table says of the nodes.

    Attributes:
        file: Name of the file.
        ids: One per row.
        labels: One per row, None where the cell is empty; None without label column.
        attributes: The other columns: numbers where all cells are, else texts, None
            where a cell is empty.
    """

    file: str
    ids: list[str]
    labels: list[object] | None
    attributes: dict[str, list[object]]


def read_nodes(
    path: Path,
    role: Role,
    *,
    label: str | None = None,
    node_id: str | None = None,
    ids: Callable[[], Container[str]] = tuple,
    nan: Nan = "raise",
    comment: str | None = "#%",
    encoding: str | None = None,
) -> NodeTable:
    """Reads a table of nodes.

    Args:
        path: The file: csv, tsv, separated by blanks, json or parquet.
        role: "labels" for ids and labels, where a header may be missing; "nodes" for
            attributes and perhaps labels; "attributes" where labels come from
            elsewhere.
        label: Name of the label column; by default found by its name, in a file of
            labels else the only other column, or the only one of few texts.
        node_id: Name of the column of ids; by default found by the ids in it, else by
            its name.
        ids: Returns those that the edge list has, to tell a header from a node.
        nan: Whether an attribute that is NaN is an error or missing.
        comment: Lines that begin with one of these characters are no rows.
        encoding: By default UTF-8, or UTF-16 where its mark says so.

    Raises:
        DataError: The file cannot be used, or has an id twice or not at all.
    """
    table = _table(path, role, label, node_id, ids, comment, encoding)
    id_column = _id_column(table, node_id, ids)
    id_at = table.columns.index(id_column)
    _check_ids(table, id_at)
    others = [column for column in table.columns if column != id_column]
    if label is not None:
        table.index(label, "label")
    elif role != "attributes":
        label = table.guess(_LABEL_NAMES)
    attributes = {c: _attribute(table, c, nan) for c in others if c != label}
    if label is None and role == "labels":
        label = others[0] if len(others) == 1 else label_among(attributes)
        rule = "cannot tell which column holds the label; name it with label="
        given = {"file": table.file, "columns": list(table.columns)}
        check(label is not None, _CALLER, rule, given)
        attributes.pop(str(label))
    labels = None if label is None else table.values(table.index(label, "label"))
    return NodeTable(
        table.file,
        table.values(id_at),
        None if labels is None else _labels(labels),
        attributes,
    )


def _table(
    path: Path,
    role: Role,
    label: str | None,
    node_id: str | None,
    ids: Callable[[], Container[str]],
    comment: str | None,
    encoding: str | None,
) -> Table:
    typed = plain_suffix(path) in (".json", ".parquet")
    if typed:
        table = typed_table(path)
    else:
        table = read_table(path, header=False, comment=comment, encoding=encoding)
    given = {"file": table.file, "row 1": list(table.rows[0].cells)}
    rule = "a file of labels needs an id and a label in each row"
    wide = role != "labels" or len(table.rows[0].cells) > 1
    check(wide, _CALLER, rule, given)
    if typed:
        return table
    if role != "labels" or node_id or _has_header(table, label, ids):
        return table.with_header()
    return Table(table.file, table.numbered, table.rows)


def _id_column(
    table: Table, node_id: str | None, ids: Callable[[], Container[str]]
) -> str:
    """The column named; else one by its name or the first, unless another has the ids.

    Where most cells of a column are ids of the ties, and all differ, and so it is with
    that column alone, it wins over a name.
    """
    if node_id is not None:
        table.index(node_id, "node_id")
        return node_id
    guess = table.guess(_ID_NAMES) or table.columns[0]
    if len(table.columns) <= 2:
        return guess
    known, fitting = ids(), []
    for at, column in enumerate(table.columns):
        cells = table.values(at)
        hits = sum(cell in known for cell in cells)
        if 2 * hits > len(cells) == len(set(cells)):
            fitting.append(column)
    return fitting[0] if len(fitting) == 1 else guess


def label_among(attributes: Mapping[str, Sequence[object]]) -> str | None:
    """Returns which attribute looks like the label, or None.

    It is the one whose name says so, else the only one of texts or truths, and has from
    2 to 100 values, each of them twice on average: others are names.

    Args:
        attributes: The values of each, one per node, None where missing.
    """
    few = {}
    for key, values in attributes.items():
        present = [value for value in values if value is not None]
        different = len(set(map(str, present)))
        if 2 <= different <= min(_MOST_CLASSES, len(present) // 2):
            few[key] = all(isinstance(value, str | bool) for value in present)
    by_name = {plain_name(str(key)): key for key in few}
    named = [by_name[name] for name in _LABEL_NAMES if name in by_name]
    texts = [key for key, is_text in few.items() if is_text]
    return named[0] if named else texts[0] if len(texts) == 1 else None


def _place(row: Row) -> dict[str, int]:
    """Where a row is; one of a json or parquet has no line."""
    line = {"line": row.line} if row.line else {}
    return {"row": row.row, **line}


def _labels(cells: Sequence[str]) -> list[object]:
    try:
        return [int(cell) if cell else None for cell in cells]
    except ValueError:
        return [cell or None for cell in cells]


def _attribute(table: Table, column: str, nan: Nan) -> list[object]:
    cells = table.values(table.columns.index(column))
    try:
        numbers = [float(cell) if cell else None for cell in cells]
    except ValueError:
        return [cell or None for cell in cells]
    for row, value in zip(table.rows, numbers, strict=True):
        check(
            value is None
            or math.isfinite(value)
            or (nan == "missing" and math.isnan(value)),
            _CALLER,
            "a feature must be a finite number; correct it, or empty the cell: missing "
            'values are filled in (nan="missing" does so for NaN)',
            {
                "file": table.file,
                **_place(row),
                "column": column,
                "value": value,
            },
        )
    return [None if value is None or math.isnan(value) else value for value in numbers]


def _has_header(
    table: Table, label: str | None, ids: Callable[[], Container[str]]
) -> bool:
    first, rest = list(table.rows[0].cells), table.rows[1:]
    if label is not None or len(first) > 2:
        return True
    names = {plain_name(cell) for cell in first}
    known = ids()
    if first[0] in known:
        return False
    if names & {*_ID_NAMES, *_LABEL_NAMES}:
        return True
    return len(rest) > 0 and all(row.cells[0] in known for row in rest)


def _check_ids(table: Table, id_at: int) -> None:
    seen: dict[str, Row] = {}
    for row in table.rows:
        node = row.cells[id_at]
        given = {"file": table.file, **_place(row), "id": node}
        check(node != "", _CALLER, "a node has no id; give it one", given)
        first = seen.setdefault(node, row)
        where = f"line {first.line}" if first.line else f"row {first.row}"
        rule = f"an id is there twice, on {where} too; remove one of them"
        check(first is row, _CALLER, rule, given)

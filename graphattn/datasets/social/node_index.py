"""From the ids that an edge list has to the positions of nodes."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np

from graphattn.datasets.errors import check
from graphattn.datasets.extras import need
from graphattn.datasets.nearest import nearest
from graphattn.datasets.social.edge_rows import EdgeRows
from graphattn.datasets.social.node_table import NodeTable

Dangling = Literal["raise", "keep", "drop"]
_CALLER = "datasets.load"
_CANONICAL = re.compile(r"-?[1-9][0-9]{0,17}|0")
_SPREAD = 8
"""Integer ids are looked up in an array of up to so many cells per row."""


def number_nodes(
    rows: EdgeRows, tables: Mapping[str, NodeTable], dangling: Dangling
) -> tuple[list[str], np.ndarray, dict[str, int]]:
    """Numbers the nodes, and returns their names and the positions of both ends.

    The nodes are those of the tables, in their order. Without tables they are those of
    the ties, ascending where all are integers, else as they appear.

    Args:
        rows: The ties as they stand in the file.
        tables: By option, the tables of nodes.
        dangling: What becomes of a tie whose node is in no table.

    Returns:
        The names; positions, [2, num_rows], -1 for a node that is dropped; and counts
        for the report.

    Raises:
        DataError: A node is dangling, and that is to raise.
    """
    if not tables:
        names, ends = _numbered(rows.sources, rows.destinations)
        return names, ends, {}
    given = list(dict.fromkeys(node for of in tables.values() for node in of.ids))
    ends = _looked_up(rows, given)
    if dangling == "raise":
        for option, table in tables.items():
            known = ends if len(tables) == 1 else _looked_up(rows, table.ids)
            if (known < 0).any():
                _raise_dangling(rows, known, option, table)
    lost = (ends < 0).any(0)
    if dangling == "drop" or not lost.any():
        return given, ends, {"dropped_dangling_ties": int(lost.sum())}
    return _with_others(rows, given, ends)


def _with_others(
    rows: EdgeRows, given: list[str], ends: np.ndarray
) -> tuple[list[str], np.ndarray, dict[str, int]]:
    """Numbers the nodes that are in no table after all others, as they appear."""
    pl = need("polars", "social")
    text = (of.cast(pl.String) for of in (rows.sources, rows.destinations))
    table = np.stack([of.to_numpy() for of in text])
    others = table.T[ends.T < 0]
    added = {name: len(given) + i for i, name in enumerate(dict.fromkeys(others))}
    ends = ends.copy()
    ends.T[ends.T < 0] = [added[name] for name in others]
    return [*given, *added], ends, {"nodes_in_no_table": len(added)}


def _numbered(sources: Any, destinations: Any) -> tuple[list[str], np.ndarray]:
    pl = need("polars", "social")
    if sources.dtype == pl.Int64:
        return _integers(np.stack([sources.to_numpy(), destinations.to_numpy()]))
    names = pl.concat([sources, destinations.alias(sources.name)]).unique(
        maintain_order=True
    )
    ends = _codes(names, (sources, destinations))
    # By their first appearance, row by row and not end by end.
    first = np.full(len(names), 2 * len(sources))
    rows = np.arange(len(sources))[::-1]
    for end in (1, 0):
        here = first.copy()
        here[ends[end, ::-1]] = 2 * rows + end
        first = np.minimum(first, here)
    order = np.argsort(first)
    ordered = names.gather(order).to_list()
    try:
        by_value = sorted(range(len(ordered)), key=lambda i: int(ordered[i]))
    except ValueError:
        by_value = range(len(ordered))
    order = order[list(by_value)]
    position = np.empty(len(order), dtype=np.int64)
    position[order] = np.arange(len(order))
    return [ordered[i] for i in by_value], position[ends]


def _integers(ids: np.ndarray) -> tuple[list[str], np.ndarray]:
    low, high = int(ids.min()), int(ids.max())
    if high - low < _SPREAD * ids.shape[1] + 1000:
        seen = np.zeros(high - low + 1, dtype=bool)
        ids -= low
        for end in ids:
            seen[end] = True
        position = np.cumsum(seen, dtype=np.int64) - 1
        for end in ids:
            end[:] = position[end]
        values = np.flatnonzero(seen) + low
    else:
        values = np.union1d(*(np.unique(end) for end in ids))
        for end in ids:
            end[:] = np.searchsorted(values, end)
    return [str(value) for value in values.tolist()], ids


def _looked_up(rows: EdgeRows, names: Sequence[str]) -> np.ndarray:
    """Returns the position of both ends in `names`, -1 where they are not there."""
    pl = need("polars", "social")
    both = (rows.sources, rows.destinations)
    if rows.sources.dtype != pl.Int64:
        return _codes(pl.Series(names, dtype=pl.String), both)
    # Only an id that is written as Python writes it can be one of these.
    at = [i for i, name in enumerate(names) if _CANONICAL.fullmatch(name)]
    values = np.array([int(names[i]) for i in at], dtype=np.int64)
    order = np.argsort(values)
    values, at = values[order], np.array(at, dtype=np.int64)[order]
    ends = np.full((2, len(rows.sources)), -1)
    for end, ids in zip(ends, both, strict=True):
        found = np.searchsorted(values, ids.to_numpy())
        found[found == len(values)] = 0
        hit = (
            values[found] == ids.to_numpy() if len(values) else np.zeros(len(ids), bool)
        )
        end[hit] = at[found[hit]]
    return ends


def _codes(names: Any, both: tuple[Any, Any]) -> np.ndarray:
    pl = need("polars", "social")
    known = pl.Enum(names)
    codes = (of.cast(known, strict=False).to_physical() for of in both)
    return np.stack([of.cast(pl.Int64).fill_null(-1).to_numpy() for of in codes])


def _raise_dangling(
    rows: EdgeRows, ends: np.ndarray, option: str, table: NodeTable
) -> None:
    row = int(np.flatnonzero((ends < 0).any(0))[0])
    end = rows.sources if ends[0, row] < 0 else rows.destinations
    node = str(end[row])
    check(
        False,
        _CALLER,
        f"dangling id: the edge list names a node that {table.file} does not; add it "
        'there, with an empty cell for what is not known, or pass dangling="keep"',
        {
            "file": rows.file,
            "row": row + 1,
            "line": rows.line(row + 1),
            "id": node,
            "nearest": nearest(node, table.ids),
            option: table.file,
        },
    )

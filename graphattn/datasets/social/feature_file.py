"""Reads a file of features: the ids of those that each node has, or numbers."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from graphattn.datasets.compressed import plain_suffix
from graphattn.datasets.errors import check
from graphattn.datasets.json_file import parse_json
from graphattn.datasets.tables import read_table

_CALLER = "datasets.load"
MAX_BYTES = 4 << 30
"""Of features in memory: a wider file is refused."""


def read_features(
    path: Path, node_names: Sequence[str]
) -> tuple[tuple[Tensor, list[str]], dict[str, object]]:
    """Reads the features of nodes as they are.

    A json is an object with a list per node: of the ids of the features that it has,
    integers, which become columns of 0 and 1 (a repeated one counts once); or of
    numbers, all lists as long, at least one of them no integer. Any other file is a
    table: the id of a node, then numbers.

    Args:
        path: The file; it may be packed.
        node_names: The nodes, in the order of the rows of the result.

    Returns:
        The features and their names; and counts for the report: nodes without
        features, which get zeros, and features of nodes that are not there.

    Raises:
        DataError: The file cannot be used; the message names node and value.
    """
    if plain_suffix(path) == ".json":
        found = _from_json(path)
    else:
        found = _from_table(path)
    ids, values, names = found
    position = {name: at for at, name in enumerate(node_names)}
    at = np.array([position.get(node, -1) for node in ids], dtype=np.int64)
    there = at >= 0
    check(
        bool(there.any()),
        _CALLER,
        "no id in the file of features is that of a node",
        {"file": path.name, "ids": list(ids[:3]), "nodes": list(node_names[:3])},
    )
    size = 4 * len(node_names) * len(names)
    rule = f"the features would take {size >> 20} MiB; leave some out, or add memory"
    shown = {"file": path.name, "nodes": len(node_names), "features": len(names)}
    check(size <= MAX_BYTES, _CALLER, rule, shown)
    x = torch.zeros(len(node_names), len(names))
    _fill(x, at, values)
    report: dict[str, object] = {
        "nodes_without_features": len(node_names) - int(there.sum()),
        "features_of_no_node": int((~there).sum()),
    }
    return (x, names), report


def _fill(
    x: Tensor, at: np.ndarray, values: np.ndarray | tuple[np.ndarray, np.ndarray]
) -> None:
    if isinstance(values, np.ndarray):
        x[torch.from_numpy(at[at >= 0])] = torch.from_numpy(values[at >= 0]).float()
        return
    counts, features = values
    rows = np.repeat(at, counts)
    there = rows >= 0
    x[torch.from_numpy(rows[there]), torch.from_numpy(features[there])] = 1


def _from_json(path: Path) -> tuple[list[str], Any, list[str]]:
    given = parse_json(path)
    rule = 'features must be an object with a list per node, {"id": [3, 17], ...}'
    check(isinstance(given, dict) and given != {}, _CALLER, rule, {"file": path.name})
    for node, values in given.items():
        good = isinstance(values, list) and all(
            isinstance(v, int | float) and not isinstance(v, bool) for v in values
        )
        shown = {"file": path.name, "node": node, "value": values}
        check(good, _CALLER, f"{rule}, all numbers", shown)
    if any(isinstance(v, float) for values in given.values() for v in values):
        return _dense(path, given)
    counts = np.array([len(values) for values in given.values()], dtype=np.int64)
    for node, values in given.items():
        for value in values:
            shown = {"file": path.name, "node": node, "value": value}
            rule = "the id of a feature must be an integer from 0"
            check(0 <= value < 1 << 40, _CALLER, rule, shown)
    features = np.array([v for values in given.values() for v in values], np.int64)
    width = int(features.max(initial=-1)) + 1
    rule = "no node has a feature"
    check(width > 0, _CALLER, rule, {"file": path.name})
    rule = "ids of features must be near each other; number them from 0"
    shown = {"file": path.name, "largest id": width - 1, "ids": len(features)}
    check(width <= 100 * len(features) + 1000, _CALLER, rule, shown)
    return list(given), (counts, features), [str(i) for i in range(width)]


def _dense(
    path: Path, given: dict[str, list[float]]
) -> tuple[list[str], Any, list[str]]:
    width = len(next(iter(given.values())))
    for node, values in given.items():
        shown = {"file": path.name, "node": node, "value": values[:5]}
        rule = f"a node has {len(values)} features where the first one has {width}"
        check(len(values) == width, _CALLER, rule, shown)
        rule = "a feature must be a finite number"
        check(all(abs(v) < 1e38 for v in values), _CALLER, rule, shown)
    names = [str(i) for i in range(width)]
    return list(given), np.array(list(given.values()), dtype=np.float64), names


def _from_table(path: Path) -> tuple[list[str], Any, list[str]]:
    table = read_table(path, header=False, comment="#%")
    header = _number(table.rows[0].cells[-1]) is None
    if header:
        table = table.with_header()
    names = list(table.columns[1:] or table.numbered[1:])
    given = {"file": table.file, "columns": names}
    check(len(names) > 0, _CALLER, "a file of features needs an id and numbers", given)
    values = np.empty((len(table.rows), len(names)))
    seen: dict[str, int] = {}
    for at, row in enumerate(table.rows):
        node = row.cells[0]
        given = {"file": table.file, "row": row.row, "line": row.line, "id": node}
        rule = "an id is there twice; remove one of the two rows"
        check(seen.setdefault(node, at) == at, _CALLER, rule, given)
        for i, cell in enumerate(row.cells[1:]):
            number = _number(cell)
            if number is None:
                rule = "a feature must be a finite number; correct it, or give this "
                rule += "table as nodes= to have missing values filled in"
                given |= {"column": names[i], "value": cell}
                check(False, _CALLER, rule, given)
            values[at, i] = number
    return list(seen), values, names


def _number(cell: str) -> float | None:
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if abs(value) < 1e38 else None

"""Reads an edge list, with a file of labels or a table of nodes beside it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor
from torch_geometric.data import Data

from graphattn.datasets.errors import check
from graphattn.datasets.nearest import nearest
from graphattn.datasets.social.attributes import Nan
from graphattn.datasets.social.edge_columns import EdgeColumns, edge_columns
from graphattn.datasets.social.network import Kind, Network, to_data
from graphattn.datasets.social.node_table import NodeTable, Role, read_nodes

_CALLER = "datasets.load"


def read(
    path: Path,
    *,
    labels: str | Path | None = None,
    nodes: str | Path | None = None,
    label: str | None = None,
    directed: bool = False,
    source: str | None = None,
    destination: str | None = None,
    weight: str | None = None,
    header: bool | None = None,
    dangling: Literal["raise", "keep"] = "raise",
    duplicates: Literal["merge", "keep"] = "merge",
    features: Kind | Sequence[Kind] | None = None,
    nan: Nan = "raise",
    name: str | None = None,
    delimiter: str | None = None,
    comment: str | None = "#%",
    encoding: str | None = None,
) -> Data:
    """Reads a network from a file of ties, one per row.

    Ids are texts or integers. The nodes are those of `nodes` or `labels`, in their
    order, so one without a tie is isolated; without such a file those of the ties, in
    ascending order where all are integers, else as they appear.

    Args:
        path: The file of ties: csv, tsv, or separated by blanks.
        labels: A file of id and label; a node whose label is empty has class -1.
        nodes: A table with a header: the id, attributes that become features, and the
            label where `labels` is not given.
        label: The label column of that file; by default found by its name.
        directed: Whether a tie leads from source to destination only.
        source: Column of one end; by default found by its name, else the first.
        destination: Column of the other end; by default likewise, else the second.
        weight: Column of weights; by default found by its name. Columns of a file
            without header are called "1", "2" and so on.
        header: Whether the first row holds names; by default found out.
        dangling: What to do with an id that `nodes` or `labels` has not: "raise", or
            "keep" the node, unlabelled and its attributes missing.
        duplicates: Whether rows of the same tie are merged, their weights added up, or
            kept as ties of their own.
        features: As in `from_networkx`.
        nan: Whether an attribute that is NaN is an error or missing.
        name: Of the dataset; by default that of the file.
        delimiter: Of the file of ties; by default found out.
        comment: Lines that begin with one of these characters are no rows.
        encoding: By default UTF-8, or UTF-16 where its mark says so.

    Raises:
        DataError: A file cannot be used; the message names file, row and value.
    """
    for option, value, known in (
        ("dangling", dangling, ("raise", "keep")),
        ("duplicates", duplicates, ("merge", "keep")),
    ):
        check(
            value in known, _CALLER, f"{option} must be one of {known}", {option: value}
        )
    columns = edge_columns(
        path,
        source=source,
        destination=destination,
        weight=weight,
        header=header,
        delimiter=delimiter,
        comment=comment,
        encoding=encoding,
    )
    rule = "label names a column of labels= or nodes=; give one of these files"
    given = {"file": path.name, "label": label}
    check(label is None or bool(labels or nodes), _CALLER, rule, given)
    tables: dict[str, NodeTable] = {}
    wanted: tuple[tuple[str, str | Path | None, Role], ...] = (
        ("nodes", nodes, "nodes" if labels is None else "attributes"),
        ("labels", labels, "labels"),
    )
    for option, file, role in wanted:
        if file is not None:
            tables[option] = read_nodes(
                _beside(path, file),
                role,
                label=None if role == "attributes" else label,
                ids={*columns.sources, *columns.destinations},
                nan=nan,
                comment=comment,
                encoding=encoding,
            )
    node_names = _node_names(columns, tables, dangling)
    ties, weights, merged = _ties(columns, node_names, directed, duplicates)
    network = Network(
        name=name or path.stem,
        node_names=node_names,
        ties=ties,
        directed=directed,
        weights=weights,
        attributes=_attributes(tables, node_names),
        labels=_labels(tables, node_names),
        report={"merged_ties": merged, "ignored_columns": columns.ignored},
    )
    return to_data(network, caller=_CALLER, features=features, nan=nan)


def _beside(path: Path, file: str | Path) -> Path:
    """Finds a file named relative to the working folder, or to the edge list's."""
    return Path(file) if Path(file).exists() else path.parent / file


def _node_names(
    columns: EdgeColumns, tables: dict[str, NodeTable], dangling: str
) -> list[str]:
    used = dict.fromkeys(
        end
        for pair in zip(columns.sources, columns.destinations, strict=True)
        for end in pair
    )
    if not tables:
        try:
            return sorted(used, key=int)
        except ValueError:
            return list(used)
    names = dict.fromkeys(node for table in tables.values() for node in table.ids)
    if dangling == "raise":
        for option, table in tables.items():
            known = set(table.ids)
            for node in used:
                if node not in known:
                    _dangling(columns, node, option, table)
    return list(names | used)


def _dangling(columns: EdgeColumns, node: str, option: str, table: NodeTable) -> None:
    ends = columns.sources, columns.destinations
    row = min(end.index(node) for end in ends if node in end)
    check(
        False,
        _CALLER,
        f"dangling id: the edge list names a node that {table.file} does not; add it "
        'there, with an empty cell for what is not known, or pass dangling="keep"',
        {
            "file": columns.file,
            "row": row + 1,
            "line": columns.lines[row],
            "id": node,
            "nearest": nearest(node, table.ids),
            option: table.file,
        },
    )


def _ties(
    columns: EdgeColumns, node_names: Sequence[str], directed: bool, duplicates: str
) -> tuple[Tensor, Tensor | None, int]:
    position = {node: index for index, node in enumerate(node_names)}
    ties = torch.tensor(
        [
            [position[node] for node in columns.sources],
            [position[node] for node in columns.destinations],
        ],
        dtype=torch.long,
    )
    weights = None if columns.weights is None else torch.tensor(columns.weights)
    if duplicates == "keep":
        return ties, weights, 0
    same = ties if directed else ties.sort(dim=0).values
    unique, group = torch.unique(same, dim=1, return_inverse=True)
    merged = ties.shape[1] - unique.shape[1]
    if weights is not None:
        weights = weights.new_zeros(unique.shape[1]).index_add(0, group, weights)
    return unique, weights, merged


def _attributes(
    tables: dict[str, NodeTable], node_names: Sequence[str]
) -> dict[str, list[object]]:
    found: dict[str, list[object]] = {}
    for table in tables.values():
        position = {node: index for index, node in enumerate(table.ids)}
        at = [position.get(node) for node in node_names]
        for key, values in table.attributes.items():
            found[key] = [None if i is None else values[i] for i in at]
    return found


def _labels(
    tables: dict[str, NodeTable], node_names: Sequence[str]
) -> list[object] | None:
    table = tables.get("labels", tables.get("nodes"))
    if table is None or table.labels is None:
        return None
    by_id = dict(zip(table.ids, table.labels, strict=True))
    return [by_id.get(node) for node in node_names]

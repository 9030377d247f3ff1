"""Reads an edge list, with a file of labels or a table of nodes beside it."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Literal

import torch
from torch_geometric.data import Data

from graphattn.datasets.compressed import plain_stem
from graphattn.datasets.errors import check
from graphattn.datasets.social.attributes import Nan
from graphattn.datasets.social.edge_columns import Layout, edge_layout
from graphattn.datasets.social.edge_rows import EdgeRows, read_rows
from graphattn.datasets.social.edge_values import read_attributes, read_times
from graphattn.datasets.social.feature_file import read_features
from graphattn.datasets.social.network import Network, to_data
from graphattn.datasets.social.node_features import Kind
from graphattn.datasets.social.node_index import Dangling, number_nodes
from graphattn.datasets.social.node_table import NodeTable, Role, read_nodes
from graphattn.datasets.social.ties import Duplicates, Leave, Rules

_CALLER = "datasets.load"


def read(
    path: Path,
    *,
    labels: str | Path | None = None,
    nodes: str | Path | None = None,
    feature_file: str | Path | None = None,
    label: str | None = None,
    node_id: str | None = None,
    directed: bool = False,
    source: str | None = None,
    destination: str | None = None,
    weight: str | None = None,
    time: str | None = None,
    edge_attributes: Sequence[str] | Literal["all"] = (),
    header: bool | None = None,
    dangling: Dangling = "raise",
    duplicates: Duplicates | None = None,
    self_loops: Leave = "keep",
    isolated: Leave = "keep",
    unlabelled: Leave = "keep",
    features: Kind | Sequence[Kind] | None = None,
    codings: Mapping[str, str] | None = None,
    nan: Nan = "raise",
    name: str | None = None,
    delimiter: str | None = None,
    comment: str | None = "#%",
    encoding: str | None = None,
) -> Data:
    """Reads a network from a file of ties, one per row.

    Ids are texts or integers. The nodes are those of `nodes` or `labels`, in their
    order, so one without a tie is isolated; without such a file those of the ties, in
    ascending order where all are integers, else as they appear. What was merged, left
    out or filled in is counted in `data.report`.

    Args:
        path: The file of ties: csv, tsv, or separated by blanks; it may be packed.
        labels: A file of id and label; a node whose label is empty has class -1.
        nodes: A table with a header: the id, attributes that become features, and the
            label where `labels` is not given; csv, tsv, json or parquet.
        feature_file: Features of nodes as they are: a json of the features that each
            node has, or a table of numbers.
        label: The label column of that file; by default found by its name.
        node_id: The column of ids in `nodes` and `labels`; by default likewise.
        directed: Whether a tie leads from source to destination only.
        source: Column of one end; by default found by its name, else the first.
        destination: Column of the other end; by default likewise, else the second.
        weight: Column of weights; by default found by its name. Columns of a file
            without header are called "1", "2" and so on.
        time: Column of times, numbers or dates, which become `edge_time`: numbers as
            they are, dates in seconds since 1970.
        edge_attributes: Columns that become `edge_attr`, or "all" that remain.
        header: Whether the first row holds names; by default found out.
        dangling: What to do with an id that `nodes` or `labels` has not: "raise",
            "keep" the node, unlabelled and its attributes missing, or "drop" its ties.
        duplicates: Whether rows of the same tie are an error ("raise"), ties of their
            own ("keep"), or one ("merge"), weights added up and all else as in the
            first row. By default merged, but kept where `time` tells them apart.
        self_loops: "keep", "drop" or "raise".
        isolated: What to do with nodes without ties: "keep", "drop" or "raise".
        unlabelled: What to do with nodes without label where others have one: "keep"
            them with class -1, "drop" or "raise".
        features: As in `from_networkx`; "given" are those of `feature_file`.
        codings: How attributes become features, where not by their type: "standard",
            "as given", "one-hot", "codes", "hashed" or "ignore".
        nan: Whether an attribute that is NaN is an error or missing.
        name: Of the dataset; by default that of the file.
        delimiter: Of the file of ties; by default found out.
        comment: Lines that begin with one of these characters are no rows.
        encoding: By default UTF-8, or UTF-16 where its mark says so.

    Raises:
        DataError: A file cannot be used; the message names file, row and value.
    """
    known = ("raise", "keep", "drop")
    rule = f"dangling must be one of {known}"
    check(dangling in known, _CALLER, rule, {"dangling": dangling})
    if duplicates is None:
        duplicates = "merge" if time is None else "keep"
    rules = Rules(duplicates, self_loops, isolated, unlabelled)
    rules.verify(_CALLER)
    layout = edge_layout(
        path,
        source=source,
        destination=destination,
        weight=weight,
        time=time,
        attributes=edge_attributes,
        header=header,
        delimiter=delimiter,
        comment=comment,
        encoding=encoding,
    )
    rule = "label names a column of labels= or nodes=; give one of these files"
    given = {"file": path.name, "label": label}
    check(label is None or bool(labels or nodes), _CALLER, rule, given)
    rows = read_rows(path, layout, comment, encoding)
    files: dict[Role, str | Path | None] = {
        "nodes" if labels is None else "attributes": nodes,
        "labels": labels,
    }
    tables = _tables(path, files, rows, label, node_id, nan, comment, encoding)
    network = _network(name or plain_stem(path), rows, layout, tables, dangling)
    del rows  # as large as the ties
    network.directed = directed
    if feature_file is not None:
        file = _beside(path, feature_file)
        network.given, counts = read_features(file, network.node_names)
        network.report |= counts
    return to_data(
        network,
        caller=_CALLER,
        features=features,
        nan=nan,
        codings=codings,
        rules=rules,
    )


def _tables(
    path: Path,
    files: Mapping[Role, str | Path | None],
    rows: EdgeRows,
    label: str | None,
    node_id: str | None,
    nan: Nan,
    comment: str | None,
    encoding: str | None,
) -> dict[str, NodeTable]:
    found = {}
    for role, file in files.items():
        if file is not None:
            found["labels" if role == "labels" else "nodes"] = read_nodes(
                _beside(path, file),
                role,
                label=None if role == "attributes" else label,
                node_id=node_id,
                ids=rows.ids,
                nan=nan,
                comment=comment,
                encoding=encoding,
            )
    return found


def _network(
    name: str,
    rows: EdgeRows,
    layout: Layout,
    tables: Mapping[str, NodeTable],
    dangling: Dangling,
) -> Network:
    node_names, ends, counts = number_nodes(rows, tables, dangling)
    columns = dict(rows.columns)
    times = None
    if layout.time is not None:
        times = read_times(columns.pop(layout.columns[layout.time]), rows)
    return Network(
        name=name,
        node_names=node_names,
        ties=torch.from_numpy(ends),
        weights=None if rows.weights is None else torch.from_numpy(rows.weights),
        times=times,
        tie_attributes=read_attributes(columns),
        attributes=_attributes(tables, node_names),
        labels=_labels(tables, node_names),
        report={
            **counts,
            "comments": rows.comments,
            "ignored_columns": layout.ignored,
        },
        place=partial(_place, rows.file, rows.line),
    )


def _place(file: str, line: Callable[[int], int], row: int) -> dict[str, object]:
    return {"file": file, "row": row + 1, "line": line(row + 1)}


def _beside(path: Path, file: str | Path) -> Path:
    """Finds a file named relative to the working folder, or to the edge list's."""
    return Path(file) if Path(file).exists() else path.parent / file


def _attributes(
    tables: Mapping[str, NodeTable], node_names: Sequence[str]
) -> dict[str, list[object]]:
    found: dict[str, list[object]] = {}
    for table in tables.values():
        position = {node: index for index, node in enumerate(table.ids)}
        at = [position.get(node) for node in node_names]
        for key, values in table.attributes.items():
            found[key] = [None if i is None else values[i] for i in at]
    return found


def _labels(
    tables: Mapping[str, NodeTable], node_names: Sequence[str]
) -> list[object] | None:
    table = tables.get("labels", tables.get("nodes"))
    if table is None or table.labels is None:
        return None
    by_id = dict(zip(table.ids, table.labels, strict=True))
    return [by_id.get(node) for node in node_names]

"""Reads an edge list, with a file of labels or a table of nodes beside it."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Literal

import torch

from graphattn.datasets.compressed import plain_stem
from graphattn.datasets.errors import check
from graphattn.datasets.social.attributes import Nan
from graphattn.datasets.social.edge_columns import Layout, edge_layout
from graphattn.datasets.social.edge_rows import EdgeRows, read_rows
from graphattn.datasets.social.edge_values import read_attributes, read_times
from graphattn.datasets.social.feature_file import read_features
from graphattn.datasets.social.network import Network
from graphattn.datasets.social.node_columns import (
    attributes_of,
    beside,
    labels_of,
)
from graphattn.datasets.social.node_index import Dangling, number_nodes
from graphattn.datasets.social.node_table import NodeTable, Role, read_nodes
from graphattn.datasets.social.reader import reader

_CALLER = "datasets.load"


def network(
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
    nan: Nan = "raise",
    delimiter: str | None = None,
    comment: str | None = "#%",
    encoding: str | None = None,
) -> Network:
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
        nan: Whether an attribute that is NaN is an error or missing.
        delimiter: Of the file of ties; by default found out.
        comment: Lines that begin with one of these characters are no rows.
        encoding: By default UTF-8, or UTF-16 where its mark says so.

    Raises:
        DataError: A file cannot be used; the message names file, row and value.
    """
    known = ("raise", "keep", "drop")
    rule = f"dangling must be one of {known}"
    check(dangling in known, _CALLER, rule, {"dangling": dangling})
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
    found = _network(plain_stem(path), rows, layout, tables, dangling)
    del rows  # as large as the ties
    found.directed = directed
    found.duplicates = "merge" if time is None else "keep"
    if feature_file is not None:
        file = beside(path, feature_file)
        found.given, counts = read_features(file, found.node_names)
        found.report |= counts
    return found


read = reader(network)


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
                beside(path, file),
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
        attributes=attributes_of(tables.values(), node_names),
        labels=labels_of(tables.get("labels", tables.get("nodes")), node_names),
        report={
            **counts,
            "comments": rows.comments,
            "ignored_columns": layout.ignored,
        },
        place=partial(_place, rows.file, rows.line),
    )


def _place(file: str, line: Callable[[int], int], row: int) -> dict[str, object]:
    return {"file": file, "row": row + 1, "line": line(row + 1)}

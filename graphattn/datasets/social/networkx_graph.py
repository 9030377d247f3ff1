"""From a NetworkX graph to a PyG graph with features and labels."""

from collections.abc import Callable, Sequence
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor
from torch_geometric.data import Data

from graphattn.datasets.errors import check
from graphattn.datasets.nearest import nearest
from graphattn.datasets.social.attributes import Features, Nan, encode
from graphattn.datasets.social.structure import structural

Kind = Literal["attributes", "identity", "structure"]
_CALLER = "datasets.from_networkx"


def from_networkx(
    graph: Any,
    *,
    label: str | None = None,
    features: Kind | Sequence[Kind] | None = None,
    attributes: Sequence[str] | None = None,
    weight: str = "weight",
    nan: Nan = "raise",
    name: str | None = None,
) -> Data:
    """Turns a NetworkX graph into a graph to classify nodes on.

    An undirected tie becomes two edges, a self-loop one; the ties of a multigraph stay
    separate. `data.report` says what was missing, ignored, isolated and unlabelled.

    Args:
        graph: Any NetworkX graph.
        label: The node attribute to predict; a node without it has class -1. Without
            `label` there is no `y`.
        features: "attributes": those of the nodes, numbers standardised, texts one
            column per value; "identity": one column per node; "structure": degree and
            the like; or several. By default the attributes, or the identity where
            there are none.
        attributes: The node attributes to use; by default all but `label`.
        weight: The edge attribute that becomes `edge_weight`, 1 where a tie lacks it.
        nan: Whether an attribute that is NaN is an error or missing.
        name: Of the dataset; by default the graph's own.

    Raises:
        DataError: There is no such attribute, a number is not finite, or there are no
            nodes.
        ImportError: NetworkX is not installed.
    """
    check(len(graph) > 0, _CALLER, "the graph has no nodes", {"graph": str(graph)})
    node_names = [str(node) for node in graph]
    known = list(
        dict.fromkeys(key for _, given in graph.nodes(data=True) for key in given)
    )
    for option, asked in (("label", [label]), ("attributes", attributes or ())):
        for key in asked:
            check(
                key is None or key in known,
                _CALLER,
                "no node has this attribute",
                {
                    option: key,
                    "nearest": nearest(str(key), map(str, known)),
                    "known": known,
                },
            )
    if attributes is None:
        attributes = [key for key in known if key != label]
    if features is None:
        features = "attributes" if attributes else "identity"
    kinds: Sequence[Kind] = [features] if isinstance(features, str) else features
    columns = {
        key: [given.get(key) for _, given in graph.nodes(data=True)]
        for key in attributes
    }
    found = [_features(kind, graph, columns, node_names, nan) for kind in kinds]
    edge_index, edge_weight, unweighted = _edges(graph, weight)
    data = Data(x=torch.cat([part.x for part in found], dim=1), edge_index=edge_index)
    if edge_weight is not None:
        data.edge_weight = edge_weight
    data.name = name or str(graph.name) or "graph"
    data.kind, data.task = "social", "classification"
    data.node_names = node_names
    data.feature_names = [key for part in found for key in part.names]
    data.report = {
        "missing": {k: n for part in found for k, n in part.missing.items()},
        "ignored": {k: why for part in found for k, why in part.ignored.items()},
        "isolated": [str(node) for node, degree in graph.degree() if degree == 0],
        "ties without weight": unweighted,
        "unlabelled": [],
    }
    if label is not None:
        set_labels(data, [given.get(label) for _, given in graph.nodes(data=True)])
    return data


def set_labels(data: Data, labels: Sequence[object]) -> None:
    """Sets `y` and `class_names`: classes in sorted order, -1 where there is none.

    Args:
        data: The graph; changed.
        labels: One per node; None for a node without.
    """
    present = {value for value in labels if value is not None}
    try:
        classes = sorted(present)  # pyright: ignore[reportArgumentType]
    except TypeError:  # of mixed types
        classes = sorted(present, key=str)
    number = {value: index for index, value in enumerate(classes)}
    data.y = torch.tensor([-1 if v is None else number[v] for v in labels])
    data.class_names = [str(value) for value in classes]
    pairs = zip(data.node_names, labels, strict=True)
    data.report["unlabelled"] = [node for node, value in pairs if value is None]


def _features(
    kind: Kind,
    graph: Any,
    attributes: dict[str, list[object]],
    node_names: list[str],
    nan: Nan,
) -> Features:
    def identity() -> Features:
        return Features(torch.eye(len(node_names)), tuple(node_names), {}, {})

    def of(columns: Any) -> Features:
        return encode(columns, node_names, caller=_CALLER, nan=nan)

    table: dict[str, Callable[[], Features]] = {
        "attributes": lambda: of(attributes),
        "identity": identity,
        "structure": lambda: of(structural(graph)),
    }
    given = {"features": kind, "known": list(table)}
    check(kind in table, _CALLER, "there is no such kind of features", given)
    return table[kind]()


def _edges(graph: Any, weight: str) -> tuple[Tensor, Tensor | None, int]:
    position = {node: index for index, node in enumerate(graph)}
    ends, weights = [], []
    for source, target, given in graph.edges(data=weight):
        ends.append((position[source], position[target]))
        weights.append(given)
        finite = given is None or bool(np.isfinite(given))
        tie = {"tie": (source, target), weight: given}
        check(finite, _CALLER, "the weight of a tie must be a finite number", tie)
    edges = torch.tensor(ends, dtype=torch.long).view(-1, 2).t()
    values = torch.tensor([1.0 if w is None else float(w) for w in weights])
    if not graph.is_directed():
        other = edges[0] != edges[1]
        edges = torch.cat([edges, edges[:, other].flip(0)], dim=1)
        values = torch.cat([values, values[other]])
    order = (edges[0] * len(position) + edges[1]).argsort(stable=True)
    unweighted = sum(w is None for w in weights)
    weighted = unweighted < len(weights)
    edge_weight = values[order] if weighted else None
    return edges[:, order], edge_weight, unweighted if weighted else 0

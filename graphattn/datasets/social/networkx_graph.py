"""From a NetworkX graph to a PyG graph with features and labels."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch_geometric.data import Data

from graphattn.datasets.errors import check
from graphattn.datasets.nearest import nearest
from graphattn.datasets.social.attributes import Nan
from graphattn.datasets.social.network import Network
from graphattn.datasets.social.node_features import Kind
from graphattn.datasets.social.reader import Options
from graphattn.datasets.social.ties import Duplicates, Leave

_CALLER = "datasets.from_networkx"


def from_networkx(
    graph: Any,
    *,
    label: str | None = None,
    features: Kind | Sequence[Kind] | None = None,
    attributes: Sequence[str] | None = None,
    codings: Mapping[str, str] | None = None,
    weight: str = "weight",
    edge_attributes: Sequence[str] = (),
    duplicates: Duplicates = "keep",
    self_loops: Leave = "keep",
    isolated: Leave = "keep",
    unlabelled: Leave = "keep",
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
            the like; or several. By default the attributes; where there are none the
            identity, or the structure of networks beyond 5,000 nodes.
        attributes: The node attributes to use; by default all but `label`.
        codings: How attributes become features, where not by their type: "standard",
            "as given", "one-hot", "codes", "hashed" or "ignore".
        weight: The edge attribute that becomes `edge_weight`, 1 where a tie lacks it.
        edge_attributes: Those that become `edge_attr`, by their type.
        duplicates: Several ties of two nodes: "keep", "merge" or "raise".
        self_loops: "keep", "drop" or "raise".
        isolated: What to do with nodes without ties: "keep", "drop" or "raise".
        unlabelled: What to do with nodes without label: "keep", "drop" or "raise".
        nan: Whether an attribute that is NaN is an error or missing.
        name: Of the dataset; by default the graph's own.

    Raises:
        DataError: There is no such attribute, a number is not finite, or there are no
            nodes.
        ImportError: "structure" is asked for and NetworkX is not installed.
    """
    network = network_of(
        graph,
        label=label,
        attributes=attributes,
        weight=weight,
        edge_attributes=edge_attributes,
    )
    options = Options(
        features,
        codings,
        nan,
        duplicates,
        self_loops,
        isolated,
        unlabelled,
        name,
    )
    return options.graph(network, _CALLER)


def network_of(
    graph: Any,
    *,
    label: str | None = None,
    attributes: Sequence[str] | None = None,
    weight: str = "weight",
    edge_attributes: Sequence[str] = (),
) -> Network:
    """Returns what a NetworkX graph holds; options and errors as in `from_networkx`.

    Args:
        graph: Any NetworkX graph.
        label: The node attribute to predict.
        attributes: The node attributes to use.
        weight: The edge attribute that becomes `edge_weight`.
        edge_attributes: Those that become `edge_attr`.
    """
    check(len(graph) > 0, _CALLER, "the graph has no nodes", {"graph": str(graph)})
    of_nodes = attributes_of_nodes(graph)
    known = list(of_nodes)
    asked = [("attributes", key) for key in attributes or ()]
    for option, key in [("label", label)] * (label is not None) + asked:
        near = nearest(str(key), map(str, known))
        given = {option: key, "nearest": near, "known": known}
        check(key in known, _CALLER, "no node has this attribute", given)
    if attributes is None:
        attributes = [key for key in known if key != label]
    ties, weights, unweighted = _ties(graph, weight)
    return Network(
        name=str(graph.name) or "graph",
        node_names=[str(node) for node in graph],
        ties=ties,
        directed=graph.is_directed(),
        weights=weights,
        attributes={str(key): of_nodes[key] for key in attributes},
        labels=None if label is None else of_nodes[label],
        tie_attributes=_of_ties(graph, edge_attributes),
        report={"ties_without_weight": unweighted},
    )


def attributes_of_nodes(graph: Any) -> dict[Any, list[object]]:
    """Returns the values of each attribute, None where a node has it not.

    Args:
        graph: Any NetworkX graph.
    """
    of_nodes = [given for _, given in graph.nodes(data=True)]
    known = dict.fromkeys(key for given in of_nodes for key in given)
    return {key: [given.get(key) for given in of_nodes] for key in known}


def _of_ties(graph: Any, names: Sequence[str]) -> dict[str, list[object]]:
    of_ties = [given for _, _, given in graph.edges(data=True)]
    known = list(dict.fromkeys(key for given in of_ties for key in given))
    for key in names:
        near = nearest(str(key), map(str, known))
        given = {"edge_attributes": key, "nearest": near, "known": known}
        check(key in known, _CALLER, "no tie has this attribute", given)
    return {key: [given.get(key) for given in of_ties] for key in names}


def _ties(graph: Any, weight: str) -> tuple[Tensor, Tensor | None, int]:
    position = {node: index for index, node in enumerate(graph)}
    ends: list[tuple[int, int]] = []
    weights: list[float | None] = []
    for source, target, given in graph.edges(data=weight):
        ends.append((position[source], position[target]))
        try:
            weights.append(None if given is None else float(given))
        except (TypeError, ValueError):
            weights.append(math.nan)
        check(
            weights[-1] is None or math.isfinite(weights[-1]),
            _CALLER,
            "the weight of a tie must be a finite number; name another weight=",
            {"tie": (source, target), weight: given},
        )
    ties = torch.tensor(ends, dtype=torch.long).view(-1, 2).t()
    unweighted = weights.count(None)
    if unweighted == len(weights):
        return ties, None, 0
    values = torch.tensor([1.0 if value is None else value for value in weights])
    return ties, values, unweighted

"""A network as its reader found it, and the graph that is made of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch_geometric.data import Data

from graphattn.datasets.errors import check
from graphattn.datasets.social.attributes import Features, Nan, encode
from graphattn.datasets.social.structure import structural

Kind = Literal["attributes", "identity", "structure"]
MAX_IDENTITY = 5000
"""The largest network whose nodes get a column each without being asked for."""


@dataclass
class Network:
    """Nodes, ties, and what is known of the nodes.

    Attributes:
        name: Of the dataset.
        node_names: One per node.
        ties: Positions of both ends, one column per tie.
        directed: Whether a tie leads from its first end to its second only.
        weights: One per tie, or None.
        attributes: The values of each attribute, one per node, None where missing.
        labels: The label of each node, None where unknown; or None for all.
        report: What the reader has to say: counts of what was merged or filled in.
    """

    name: str
    node_names: Sequence[str]
    ties: Int[Tensor, "2 num_ties"]
    directed: bool = False
    weights: Float[Tensor, " num_ties"] | None = None
    attributes: Mapping[str, Sequence[object]] = field(default_factory=dict)
    labels: Sequence[object] | None = None
    report: dict[str, object] = field(default_factory=dict)


def to_data(
    network: Network,
    *,
    caller: str,
    features: Kind | Sequence[Kind] | None = None,
    nan: Nan = "raise",
) -> Data:
    """Returns the graph to classify nodes on.

    An undirected tie becomes two edges, a self-loop one. Edges are sorted by source,
    then by target.

    Args:
        network: What was read.
        caller: The public name the user called.
        features: "attributes": numbers standardised, texts one column per value;
            "identity": one column per node; "structure": degree and the like; or
            several. By default the attributes; where there are none the identity, or
            the structure of networks beyond `MAX_IDENTITY` nodes.
        nan: Whether an attribute that is NaN is an error or missing.

    Raises:
        DataError: A number is not finite, or there is no such kind of features.
    """
    if features is None:
        few = len(network.node_names) <= MAX_IDENTITY
        no_attributes: Kind = "identity" if few else "structure"
        features = "attributes" if network.attributes else no_attributes
    kinds: Sequence[Kind] = [features] if isinstance(features, str) else features
    found = [_features(kind, network, caller, nan) for kind in kinds]
    check(len(found) > 0, caller, "features names no kind", {"features": features})
    edge_index, edge_weight = _edges(network)
    data = Data(x=torch.cat([part.x for part in found], 1), edge_index=edge_index)
    if edge_weight is not None:
        data.edge_weight = edge_weight
    data.name = network.name
    data.kind, data.task = "social", "classification"
    data.node_names = list(network.node_names)
    data.feature_names = [key for part in found for key in part.names]
    tied = torch.zeros(len(network.node_names), dtype=torch.bool)
    tied[network.ties.reshape(-1)] = True
    pairs = zip(network.node_names, tied.tolist(), strict=True)
    data.report = network.report | {
        "missing": {key: n for part in found for key, n in part.missing.items()},
        "ignored": {key: why for part in found for key, why in part.ignored.items()},
        "isolated": [node for node, has_tie in pairs if not has_tie],
        "self_loops": int((network.ties[0] == network.ties[1]).sum()),
        "unlabelled": [],
    }
    if network.labels is not None:
        _set_labels(data, network.labels)
    return data


def _set_labels(data: Data, labels: Sequence[object]) -> None:
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


def _features(kind: Kind, network: Network, caller: str, nan: Nan) -> Features:
    names = network.node_names
    if kind == "attributes":
        return encode(network.attributes, names, caller=caller, nan=nan)
    if kind == "structure":
        columns = structural(len(names), network.ties)
        return encode(columns, names, caller=caller)
    known = ["attributes", "identity", "structure"]
    given = {"features": kind, "known": known}
    check(kind == "identity", caller, "there is no such kind of features", given)
    return Features(torch.eye(len(names)), tuple(names), {}, {})


def _edges(network: Network) -> tuple[Tensor, Tensor | None]:
    edges, weights = network.ties, network.weights
    if not network.directed:
        other = edges[0] != edges[1]
        edges = torch.cat([edges, edges[:, other].flip(0)], dim=1)
        weights = None if weights is None else torch.cat([weights, weights[other]])
    order = (edges[0] * len(network.node_names) + edges[1]).argsort(stable=True)
    return edges[:, order], None if weights is None else weights[order]

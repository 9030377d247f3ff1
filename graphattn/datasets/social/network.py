"""A network as its reader found it, and the graph that is made of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
import torch
from jaxtyping import Float, Int, Shaped
from torch import Tensor
from torch_geometric.data import Data

from graphattn.datasets.name_list import Names
from graphattn.datasets.social.attributes import Nan, encode
from graphattn.datasets.social.node_features import Kind, node_features
from graphattn.datasets.social.ties import (
    Duplicates,
    Rules,
    Settled,
    edges_of,
    leave_out,
    settle,
)

KEEP = Rules(duplicates="keep")
"""The rules of a source whose ties are what they are: a multigraph stays one."""


def _row(row: int) -> dict[str, object]:
    return {"row": row + 1}


@dataclass
class Network:
    """Nodes, ties, and what is known of them.

    Attributes:
        name: Of the dataset.
        node_names: One per node.
        ties: Positions of both ends, one column per row of the source.
        directed: Whether a tie leads from its first end to its second only.
        weights: One per row, or None.
        times: One per row, or None.
        tie_attributes: The values of each, one per row.
        attributes: The values of each attribute, one per node, None where missing.
        labels: The label of each node, None where unknown; or None for all.
        given: Features that a file of features has, and their names; or None.
        report: What the reader has to say: counts of what was merged or filled in.
        place: File and line of a row, counted from 0, for messages.
        duplicates: What becomes of several rows of a tie, where nothing is said.
    """

    name: str
    node_names: Sequence[str]
    ties: Int[Tensor, "2 num_ties"]
    directed: bool = False
    weights: Float[Tensor, " num_ties"] | None = None
    times: Shaped[Tensor, " num_ties"] | None = None
    tie_attributes: Mapping[str, Sequence[object] | np.ndarray] = field(
        default_factory=dict
    )
    attributes: Mapping[str, Sequence[object]] = field(default_factory=dict)
    labels: Sequence[object] | None = None
    given: tuple[Tensor, Sequence[str]] | None = None
    report: dict[str, object] = field(default_factory=dict)
    place: Callable[[int], dict[str, object]] = _row
    duplicates: Duplicates = "keep"


def to_data(
    network: Network,
    *,
    caller: str,
    features: Kind | Sequence[Kind] | None = None,
    nan: Nan = "raise",
    codings: Mapping[str, str] | None = None,
    rules: Rules = KEEP,
    masks: Mapping[str, Tensor] | None = None,
) -> Data:
    """Returns the graph to classify nodes on.

    An undirected tie becomes two edges, a self-loop one. Edges are sorted by source,
    then by target.

    Args:
        network: What was read.
        caller: The public name the user called.
        features: As in `node_features`.
        nan: Whether an attribute that is NaN is an error or missing.
        codings: How some attributes become features, where not by their type.
        rules: What becomes of duplicates, self-loops, isolated and unlabelled nodes.
        masks: The parts of a split that the source has; one value per node.

    Raises:
        DataError: A number is not finite, there is no such kind of features, or
            something is there that is to raise.
    """
    rules.verify(caller)
    ends, rows, weights, report = _settled(network, rules, caller)
    size = len(network.node_names)
    follow = rows is not None or weights is not None
    edges, tie_of = edges_of(ends, size, network.directed, follow)
    x, more = node_features(
        features,
        network.node_names,
        torch.from_numpy(ends),
        network.attributes,
        network.given,
        caller=caller,
        nan=nan,
        codings=codings,
    )
    data = Data(x=x, edge_index=torch.from_numpy(edges))
    data.name, data.kind, data.task = network.name, "social", "classification"
    data.node_names = Names(network.node_names)
    data.feature_names = Names(map(str, cast("Any", more.pop("names"))))
    data.columns = more.pop("columns")
    data.report = network.report | report | more
    if tie_of is not None and weights is not None:
        data.edge_weight = torch.from_numpy(weights).float()[tie_of]
    if tie_of is not None and rows is not None:
        _set_tie_columns(data, network, rows[tie_of], caller, nan)
    data.report["isolated"] = _isolated(ends, network.node_names)
    data.report["unlabelled"] = []
    if network.labels is not None:
        _set_labels(data, network.labels)
    for part, mask in (masks or {}).items():
        data[part] = mask
    return leave_out(data, rules, caller)


def _settled(network: Network, rules: Rules, caller: str) -> Settled:
    return settle(
        network.ties.numpy(),
        None if network.weights is None else network.weights.numpy(),
        network.node_names,
        directed=network.directed,
        rules=rules,
        with_rows=bool(network.tie_attributes) or network.times is not None,
        caller=caller,
        place=network.place,
    )


def _isolated(ends: np.ndarray, node_names: Sequence[str]) -> list[str]:
    tied = np.zeros(len(node_names), dtype=bool)
    tied[ends.reshape(-1)] = True
    return [node_names[i] for i in np.flatnonzero(~tied).tolist()]


def _set_tie_columns(
    data: Data, network: Network, rows: np.ndarray, caller: str, nan: Nan
) -> None:
    at = torch.from_numpy(rows)
    if network.times is not None:
        data.edge_time = network.times[at]
    if network.tie_attributes:
        numbers = range(1, network.ties.shape[1] + 1)
        names = [f"row {row}" for row in numbers]
        found = encode(network.tie_attributes, names, caller=caller, nan=nan)
        data.edge_attr = found.x[at]
        data.edge_attr_names, data.edge_columns = Names(found.names), found.columns
        data.report |= {
            "ties_missing": found.missing,
            "ignored_columns": list(found.ignored),
        }


def _set_labels(data: Data, labels: Sequence[object]) -> None:
    present = {value for value in labels if value is not None}
    try:
        classes = sorted(present)  # pyright: ignore[reportArgumentType]
    except TypeError:  # of mixed types
        classes = sorted(present, key=str)
    number = {value: index for index, value in enumerate(classes)}
    data.y = torch.tensor([-1 if v is None else number[v] for v in labels])
    data.class_names = Names(str(value) for value in classes)
    pairs = zip(data.node_names, labels, strict=True)
    data.report["unlabelled"] = [node for node, value in pairs if value is None]

"""The networks that NetworkX ships."""

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch_geometric.data import Data

from graphattn.datasets import splits
from graphattn.datasets.extras import need
from graphattn.datasets.social.networkx_graph import from_networkx
from graphattn.datasets.social.node_features import Kind
from graphattn.datasets.social.structure import communities, projected_communities

_DERIVED: dict[str, Callable[[Any], dict[Any, int]]] = {
    "communities": communities,
    "projected communities": projected_communities,
}


def read(
    *,
    graph: str,
    name: str,
    label: str | None = None,
    derived: str | None = None,
    features: Kind | Sequence[Kind] = "identity",
    train: Sequence[int] | None = None,
    train_per_class: int = 1,
    val_per_class: int = 1,
    seed: int = 0,
) -> Data:
    """Builds one of NetworkX's networks, with labels and a default split as masks.

    Args:
        graph: Name of NetworkX's function, without ``_graph``.
        name: Of the dataset.
        label: The node attribute to predict.
        derived: Without `label`: the method that derives the labels from the ties,
            "communities" or "projected communities".
        features: See `from_networkx`.
        train: Positions of the nodes whose label is known; otherwise drawn.
        train_per_class: How many labels of each class are known, where they are drawn.
        val_per_class: How many of each class choose the model; the others are the test.
        seed: Of the default split.
    """
    nx = need("networkx", "social")
    network = getattr(nx, f"{graph}_graph")()
    if derived is not None:
        labels = _DERIVED[derived](network)
        values = {node: f"community {number + 1}" for node, number in labels.items()}
        nx.set_node_attributes(network, values, label := "community")
    data = from_networkx(network, label=label, features=features, name=name)
    known = torch.as_tensor([] if train is None else train, dtype=torch.long)
    assert isinstance(data.y, torch.Tensor)
    y = data.y.clone()
    y[known] = -1  # drawn from no more: they train already
    if train is None:
        split = splits.per_class(
            y, train_per_class=train_per_class, val_per_class=val_per_class, seed=seed
        )
    else:
        rest = splits.per_class(
            y, train_per_class=val_per_class, val_per_class=0, seed=seed
        )
        split = splits.Split(known, rest.train, rest.test)
    for part, positions in split._asdict().items():
        mask = torch.zeros(len(y), dtype=torch.bool)
        mask[positions] = True
        data[f"{part}_mask"] = mask
    return data

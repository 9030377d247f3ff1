"""Counts of a dataset, by the names that cards give them."""

from collections.abc import Callable
from typing import Any

import torch
from torch_geometric.data import Data

from graphattn.datasets.graph_dataset import GraphDataset
from graphattn.datasets.molecules.scaffolds import murcko_scaffold


def statistics(data: Data | GraphDataset, names: list[str]) -> dict[str, Any]:
    """Returns the counts with these names.

    Args:
        data: What `load` returned.
        names: Keys of a card's `statistics`; those of the other form have no count and
            are left out.
    """
    known = _OF_MANY if isinstance(data, GraphDataset) else _OF_ONE
    return {name: known[name](data) for name in names if name in known}


_PARTS = ("train", "val", "test")


def _extreme(data: GraphDataset, which: Callable[..., torch.Tensor]) -> float:
    y = data.y.double()
    return round(float(which(y[~y.isnan()])), 2)


def _total(name: str, dim: int) -> Callable[[GraphDataset], int]:
    return lambda data: sum(data.get(k)[name].shape[dim] for k in data.indices())


_OF_ONE: dict[str, Callable[[Any], Any]] = {
    "nodes": lambda data: data.num_nodes,
    "edges": lambda data: data.num_edges,
    "classes": lambda data: len(data.class_names),
    "features": lambda data: data.num_features,
    "self_loops": lambda data: int((data.edge_index[0] == data.edge_index[1]).sum()),
    "train": lambda data: int(data.train_mask.sum()),
    "val": lambda data: int(data.val_mask.sum()),
    "test": lambda data: int(data.test_mask.sum()),
}
_OF_MANY: dict[str, Callable[[Any], Any]] = {
    "graphs": len,
    **{part: lambda data, part=part: data.parts.count(part) for part in _PARTS},
    "skipped": lambda data: len(data.skipped),
    "classes": lambda data: len(data.class_names),
    "targets": lambda data: len(data.target_names),
    "features": lambda data: data.num_features,
    "vocabulary": lambda data: len(data.vocabulary),
    "nodes": _total("x", 0),
    "edges": _total("edge_index", 1),
    "minimum": lambda data: _extreme(data, torch.min),
    "maximum": lambda data: _extreme(data, torch.max),
    "scaffolds": lambda data: len({murcko_scaffold(s) for s in data.smiles}),
    "nodes_per_graph": lambda data: data[0].num_nodes,
    "edges_per_graph": lambda data: data[0].num_edges,
}

"""The graphs that tests run on, awkward ones first, and tensors that fit them."""

from typing import NamedTuple

import torch
from torch import Tensor


class Graph(NamedTuple):
    """Edges `[2, num_edges]` and the numbers of nodes on both sides."""

    edge_index: Tensor
    num_sources: int
    num_targets: int


def _graph(edges: list[tuple[int, int]], num_sources: int, num_targets: int) -> Graph:
    pairs = torch.tensor(edges, dtype=torch.int64).reshape(-1, 2).T.contiguous()
    return Graph(pairs, num_sources, num_targets)


def random_graph(num_edges: int, num_sources: int, num_targets: int) -> Graph:
    generator = torch.Generator().manual_seed(num_edges)
    sources = torch.randint(num_sources, (num_edges,), generator=generator)
    targets = torch.randint(num_targets, (num_edges,), generator=generator)
    return Graph(torch.stack([sources, targets]), num_sources, num_targets)


GRAPHS = {
    "no_nodes": _graph([], 0, 0),
    "no_edges": _graph([], 3, 3),
    "no_targets": _graph([], 5, 0),
    "self_loop": _graph([(0, 0)], 1, 1),
    "duplicate_edges": _graph([(0, 1), (0, 1), (1, 0), (0, 1)], 2, 2),
    "isolated_node": _graph([(0, 1), (2, 1)], 4, 4),
    "hub": _graph([(i, 0) for i in range(67)] + [(0, i) for i in range(1, 67)], 67, 67),
    "complete": _graph([(i, j) for j in range(7) for i in range(7)], 7, 7),
    "bipartite": random_graph(23, 5, 11),
    "unsorted": random_graph(61, 13, 13),
    "many_tiny": _graph([(i ^ 1, i) for i in range(46)], 46, 46),
}


def leaf(*shape: int, dtype: torch.dtype = torch.float64) -> Tensor:
    """Returns normal numbers that require a gradient."""
    return torch.randn(*shape, dtype=dtype).requires_grad_()

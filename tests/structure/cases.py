"""Random batches of graphs, dense truths about them, and awkward graphs."""

import torch
from graphs import GRAPHS
from hypothesis import strategies as st
from torch import Tensor

SQUARE = [name for name, g in GRAPHS.items() if g.num_sources == g.num_targets]


@st.composite
def batches(draw, most_nodes: int = 9, undirected: bool = False):
    """Returns edges within graphs, and the graph of each node."""
    sizes = draw(st.lists(st.integers(1, most_nodes), min_size=1, max_size=4))
    edges, first = [], 0
    for size in sizes:
        node = st.integers(first, first + size - 1)
        edges += draw(st.lists(st.tuples(node, node), max_size=3 * size))
        first += size
    pairs = torch.tensor(edges, dtype=torch.int64).reshape(-1, 2).T
    if undirected:
        pairs = torch.cat([pairs, pairs.flip(0)], dim=1)
    batch = torch.arange(len(sizes)).repeat_interleave(torch.tensor(sizes))
    return pairs[:, torch.randperm(pairs.shape[1])], batch


def weights(edges: Tensor, num_nodes: int, edge_weight: Tensor | None = None) -> Tensor:
    """Returns the dense matrix [source, target] of summed weights."""
    one = torch.ones(edges.shape[1]) if edge_weight is None else edge_weight
    dense = torch.zeros(num_nodes, num_nodes, dtype=torch.float64)
    return dense.index_put((edges[0], edges[1]), one.double(), accumulate=True)


def alone(edges: Tensor, batch: Tensor):
    """Yields for each graph its nodes, its edges numbered from 0, and their places."""
    for graph in range(int(batch[-1]) + 1 if len(batch) else 0):
        nodes = (batch == graph).nonzero().flatten()
        own = (batch[edges[0]] == graph).nonzero().flatten()
        yield nodes, edges[:, own] - (nodes[0] if len(nodes) else 0), own


def torus(length: int) -> Tensor:
    """Returns the edges of a square grid closed to a torus: repeated eigenvalues."""
    place = torch.arange(length**2).view(length, length)
    edges = [
        torch.stack([place.flatten(), place.roll(shift, dim).flatten()])
        for shift in (1, -1)
        for dim in (0, 1)
    ]
    return torch.cat(edges, dim=1)

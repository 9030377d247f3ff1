"""Who attends to whom where no graph is given, or more than its edges is wanted.

Each function returns an `Adjacency`. Nodes may belong to several sets (sequences,
images, molecules), named by `batch` as in PyG: no pattern crosses from one to another.
"""

import torch
from jaxtyping import Int
from torch import Tensor

from graphattn._errors import require
from graphattn.adjacency import Adjacency, as_adjacency

Batch = Int[Tensor, " num_nodes"]


def full(num_nodes: int, *, batch: Batch | None = None) -> Adjacency:
    """Every node attends to every node of its set, itself included.

    Args:
        num_nodes: Number of nodes in all sets.
        batch: The set of each node, not decreasing.

    Raises:
        ValueError: `batch` does not fit.
    """
    start, size = _sets("full", num_nodes, batch)
    return _ranges(num_nodes, start, start + size)


def causal(num_nodes: int, *, batch: Batch | None = None) -> Adjacency:
    """Every node attends to itself and to those before it in its set.

    Args:
        num_nodes: Number of nodes in all sets.
        batch: The set of each node, not decreasing.

    Raises:
        ValueError: `batch` does not fit.
    """
    start, _ = _sets("causal", num_nodes, batch)
    return _ranges(num_nodes, start, torch.arange(num_nodes, device=start.device) + 1)


def window(
    num_nodes: int, size: int, *, batch: Batch | None = None, causal: bool = False
) -> Adjacency:
    """Every node attends to those at most `size` places away in its set.

    Args:
        num_nodes: Number of nodes in all sets.
        size: Places to each side, itself not counted; at least 0.
        batch: The set of each node, not decreasing.
        causal: Whether only places before it count.

    Raises:
        ValueError: `size` is negative, or `batch` does not fit.
    """
    require(
        size >= 0,
        "patterns.window",
        "size counts places to each side and must not be negative",
        {"size": size},
    )
    start, length = _sets("window", num_nodes, batch)
    place = torch.arange(num_nodes, device=start.device)
    last = place if causal else place + size
    return _ranges(
        num_nodes,
        torch.maximum(start, place - size),
        torch.minimum(start + length, last + 1),
    )


def k_hop(edge_index: Tensor | Adjacency, num_nodes: int, k: int) -> Adjacency:
    """Every node attends to those from which at most `k` edges lead to it.

    Itself included; each pair is one edge, however many paths join it.

    Args:
        edge_index: The graph.
        num_nodes: Number of its nodes.
        k: Number of hops, at least 0.

    Raises:
        ValueError: `k` is negative, or `edge_index` names no node.
    """
    require(k >= 0, "patterns.k_hop", "k must not be negative", {"k": k})
    graph = as_adjacency(edge_index, num_nodes, num_nodes, "patterns.k_hop")
    reached = torch.arange(num_nodes, device=graph.device).expand(2, -1)
    for _ in range(k):
        reached = _one_further(reached, graph)
    return Adjacency.from_edge_index(reached, num_nodes)


def with_self_loops(edge_index: Tensor | Adjacency, num_nodes: int) -> Adjacency:
    """The graph's edges, and an edge from each node that has none to itself.

    The first edges are those given, in their order; the added ones follow.

    Args:
        edge_index: The graph.
        num_nodes: Number of its nodes.

    Raises:
        ValueError: `edge_index` names no node.
    """
    edges = as_adjacency(
        edge_index, num_nodes, num_nodes, "patterns.with_self_loops"
    ).edge_index
    missing = torch.ones(num_nodes, dtype=torch.bool, device=edges.device)
    missing[edges[0, edges[0] == edges[1]]] = False
    loops = missing.nonzero().T.expand(2, -1)
    return Adjacency.from_edge_index(torch.cat([edges, loops], dim=1), num_nodes)


def _one_further(reached: Tensor, graph: Adjacency) -> Tensor:
    """Goes on along one more edge from each pair; returns each pair once, sorted."""
    source, target = reached
    first, end = graph.colptr[target].long(), graph.colptr[target + 1].long()
    slots = _concatenated_ranges(first, end)
    begin = source.repeat_interleave(end - first)
    pairs = graph.row[slots].long() * graph.num_sources + begin
    old = target * graph.num_sources + source
    unique = torch.cat([old, pairs]).unique()
    return torch.stack([unique % graph.num_sources, unique // graph.num_sources])


def _sets(caller: str, num_nodes: int, batch: Tensor | None) -> tuple[Tensor, Tensor]:
    """Returns for each node where its set begins and how many nodes it has."""
    if batch is None:
        return torch.zeros(num_nodes).long(), torch.full((num_nodes,), num_nodes)
    require(
        batch.shape == (num_nodes,) and bool((batch.diff() >= 0).all()),
        f"patterns.{caller}",
        "batch must hold one set number per node and must not decrease",
        {"batch": batch, "num_nodes": num_nodes},
    )
    _, place, size = batch.unique_consecutive(return_inverse=True, return_counts=True)
    start = size.cumsum(0) - size
    return start[place], size[place]


def _ranges(num_nodes: int, first: Tensor, end: Tensor) -> Adjacency:
    """Every node attends to the nodes from `first` to before `end`."""
    target = torch.arange(num_nodes, device=first.device)
    target = target.repeat_interleave(end - first)
    source = _concatenated_ranges(first, end)
    return Adjacency.from_edge_index(torch.stack([source, target]), num_nodes)


def _concatenated_ranges(first: Tensor, end: Tensor) -> Tensor:
    """Returns the numbers from each `first` to before its `end`, one after another."""
    count = end - first
    shift = (first - (count.cumsum(0) - count)).repeat_interleave(count)
    return shift + torch.arange(len(shift), device=first.device)

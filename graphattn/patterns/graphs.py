"""Patterns that start from a graph."""

import torch
from torch import Tensor

from graphattn._errors import require
from graphattn.adjacency import Adjacency, as_adjacency
from graphattn.patterns.pairs import numbers_of, pairs_of
from graphattn.patterns.sets import Batch, concatenated_ranges, sets_of


def k_hop(
    edge_index: Tensor | Adjacency, num_nodes: int, k: int, *, exact: bool = False
) -> Adjacency:
    """Every node attends to those from which at most `k` edges lead to it.

    Itself included; each pair is one edge, however many paths join it.

    Args:
        edge_index: The graph.
        num_nodes: Number of its nodes.
        k: Number of hops, at least 0.
        exact: Whether only those count from which no fewer than `k` edges lead to it.

    Raises:
        ValueError: `k` is negative, `edge_index` names no node, or its sources are
            other nodes than its targets.
    """
    require(k >= 0, "patterns.k_hop", "k must not be negative", {"k": k})
    graph = square(edge_index, num_nodes, "patterns.k_hop")
    nearer = reached = torch.arange(num_nodes, device=graph.device).expand(2, -1)
    for _ in range(k):
        nearer, reached = reached, _one_further(reached, graph)
    if exact and k > 0:
        fresh = ~torch.isin(
            numbers_of(reached, num_nodes), numbers_of(nearer, num_nodes)
        )
        reached = reached[:, fresh]
    return Adjacency.from_edge_index(reached, num_nodes)


def with_self_loops(edge_index: Tensor | Adjacency, num_nodes: int) -> Adjacency:
    """The graph's edges, and an edge from each node that has none to itself.

    The first edges are those given, in their order; the added ones follow.

    Args:
        edge_index: The graph.
        num_nodes: Number of its nodes.

    Raises:
        ValueError: `edge_index` names no node, or its sources are other nodes than its
            targets.
    """
    edges = square(edge_index, num_nodes, "patterns.with_self_loops").edge_index
    missing = torch.ones(num_nodes, dtype=torch.bool, device=edges.device)
    missing[edges[0, edges[0] == edges[1]]] = False
    loops = missing.nonzero().T.expand(2, -1)
    return Adjacency.from_edge_index(torch.cat([edges, loops], dim=1), num_nodes)


def virtual_node(
    edge_index: Tensor | Adjacency, num_nodes: int, *, batch: Batch | None = None
) -> Adjacency:
    """The graph's edges, and for each set one more node, joined to all of its nodes.

    The new nodes' numbers follow those of the graph, one for each set in `batch`, in
    order; new edges follow the graph's: first to the new nodes, then from them.

    Args:
        edge_index: The graph.
        num_nodes: Number of its nodes, the new ones not counted.
        batch: The set of each node, not decreasing.

    Raises:
        ValueError: `edge_index` names no node, or `batch` does not fit.

    Source:
        Gilmer et al. 2017, https://arxiv.org/abs/1704.01212.
    """
    edges = square(edge_index, num_nodes, "patterns.virtual_node").edge_index
    sets = sets_of("virtual_node", num_nodes, batch).number.to(edges.device)
    nodes = torch.arange(num_nodes, device=edges.device)
    up = torch.stack([nodes, num_nodes + sets])
    num_sets = int(sets[-1]) + 1 if num_nodes else 0
    return Adjacency.from_edge_index(
        torch.cat([edges, up, up.flip(0)], dim=1), num_nodes + num_sets
    )


def square(edge_index: Tensor | Adjacency, num_nodes: int, caller: str) -> Adjacency:
    """Returns the view of a graph on which a path may go on from where an edge ends.

    Args:
        edge_index: The graph.
        num_nodes: Number of its nodes.
        caller: The public name to blame in an error.

    Raises:
        ValueError: As `as_adjacency`, or sources are other nodes than targets.
    """
    bipartite = isinstance(edge_index, Adjacency) and (
        edge_index.num_sources != edge_index.num_targets
    )
    require(
        not bipartite,
        caller,
        "a path may go on only where sources and targets are the same nodes; "
        "this adjacency is bipartite",
        {"edge_index": edge_index},
    )
    return as_adjacency(edge_index, num_nodes, num_nodes, caller)


def _one_further(reached: Tensor, graph: Adjacency) -> Tensor:
    """Goes on along one more edge from each pair; returns each pair once, sorted."""
    source, target = reached
    first, end = graph.colptr[target].long(), graph.colptr[target + 1].long()
    slots = concatenated_ranges(first, end)
    begin = source.repeat_interleave(end - first)
    pairs = torch.stack([begin, graph.row[slots].long()])
    both = torch.cat([reached, pairs], dim=1)
    return pairs_of(numbers_of(both, graph.num_sources).unique(), graph.num_sources)

"""Many small graphs as a few stacks of dense matrices, one stack for each size."""

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor

from graphattn.adjacency import Adjacency
from graphattn.patterns.sets import concatenated_ranges

# Numbers in one stack.
_MOST = 1 << 22


class Entries(NamedTuple):
    """Weighted edges, sorted by target."""

    source: Tensor
    target: Tensor
    weight: Tensor

    @classmethod
    def of(cls, graph: Adjacency, edge_weight: Tensor | None) -> "Entries":
        """Reads the edges of a graph; without `edge_weight` each weighs 1."""
        nodes = torch.arange(graph.num_targets, device=graph.device)
        target = nodes.repeat_interleave(graph.degree.long())
        if edge_weight is None:
            weight = torch.ones(graph.num_edges, device=graph.device)
        else:
            weight = edge_weight.detach()[graph.perm.long()]
        return cls(graph.col.long(), target, weight.double())

    def only(self, chosen: Tensor | slice) -> "Entries":
        """Returns some of the edges."""
        return Entries(*(column[chosen] for column in self))


class Members(NamedTuple):
    """The nodes of each graph.

    Attributes:
        graph: `[num_nodes]`, the graph of each node, numbered from 0.
        size: `[num_graphs]`.
        order: `[num_nodes]`, the nodes sorted by graph.
        start: `[num_graphs]`, where each graph begins in `order`.
        place: `[num_nodes]`, each node's place within its graph.
    """

    graph: Tensor
    size: Tensor
    order: Tensor
    start: Tensor
    place: Tensor

    @classmethod
    def of(cls, graph: Tensor) -> "Members":
        """Finds the members of each graph.

        Args:
            graph: `[num_nodes]`, the graph of each node; each number below the largest
                may be missing.
        """
        size = torch.bincount(graph)
        start = size.cumsum(0) - size
        order = graph.argsort(stable=True)
        place = torch.empty_like(order)
        place[order] = torch.arange(len(order), device=graph.device)
        return cls(graph, size, order, start, place - start[graph])


class Stack(NamedTuple):
    """Graphs of one size.

    Attributes:
        nodes: `[graphs, size]`, node numbers; `num_nodes` where a graph is smaller.
        matrix: `[graphs, size, size]`, the sum of the weights from column to row.
    """

    nodes: Tensor
    matrix: Tensor


def stacks(entries: Entries, members: Members, padded: Tensor) -> Iterator[Stack]:
    """Yields the graphs as stacks, in no order.

    Args:
        entries: Edges, none of which leads from one graph to another.
        members: The nodes of each graph.
        padded: `[num_graphs]`, the size of each graph's matrix, not below its own; the
            graph is left out where it is 0.
    """
    by_size = padded.argsort(stable=True)
    rank = torch.empty_like(by_size)
    rank[by_size] = torch.arange(len(by_size), device=by_size.device)
    edge_rank = rank[members.graph[entries.target]]
    edge_rank, order = edge_rank.sort(stable=True)
    entries = entries.only(order)
    first = 0
    for size, count in _runs(padded[by_size]):
        step = max(1, _MOST // max(1, size * size))
        for begin in range(first, first + count if size else first, step):
            end = min(begin + step, first + count)
            low, high = torch.searchsorted(
                edge_rank, torch.tensor([begin, end], device=rank.device)
            ).tolist()
            part = entries.only(slice(low, high))
            yield _stack(
                part, edge_rank[low:high] - begin, by_size[begin:end], members, size
            )
        first += count


def _runs(ascending: Tensor) -> list[tuple[int, int]]:
    sizes, counts = ascending.unique_consecutive(return_counts=True)
    return list(zip(sizes.tolist(), counts.tolist(), strict=True))


def _stack(
    entries: Entries, owner: Tensor, graphs: Tensor, members: Members, size: int
) -> Stack:
    row, column = members.place[entries.target], members.place[entries.source]
    matrix = entries.weight.new_zeros(len(graphs) * size * size)
    matrix.index_add_(0, (owner * size + row) * size + column, entries.weight)
    start, own_size = members.start[graphs], members.size[graphs]
    nodes = torch.full(
        (len(graphs) * size,), len(members.graph), device=members.graph.device
    )
    own = members.order[concatenated_ranges(start, start + own_size)]
    first = torch.arange(len(graphs), device=nodes.device) * size
    nodes[concatenated_ranges(first, first + own_size)] = own
    return Stack(nodes.view(-1, size), matrix.view(-1, size, size))

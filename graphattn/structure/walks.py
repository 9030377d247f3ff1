"""Random walks: where they are after each step, and how likely they are back."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from graphattn._errors import require
from graphattn.adjacency import Adjacency
from graphattn.patterns.sets import Batch
from graphattn.structure.alone import matrix_of, returns
from graphattn.structure.checks import pairs_of, weighted_entries
from graphattn.structure.groups import Entries, Members, stacks
from graphattn.structure.spread import spread

# Graphs of up to so many nodes become dense matrices, of a multiple of `_ROUND` rows.
# A larger one does while a dense product costs less: about as much as sparse ones with
# so many times fewer numbers.
_SMALL, _ROUND = 192, 4
_SPARSE_COST = 16


class _Walk(NamedTuple):
    """Probabilities of the edges, given their sources, and how graphs are handled.

    Attributes:
        entries: The edges with their probabilities.
        members: The nodes of each graph.
        padded: Rows of the matrix of each graph; 0 for those that stay sparse.
        degree: Sum of the weights from each node.
        reversible: Whether some graph stays sparse, and every edge has one back, of the
            same weight.
    """

    entries: Entries
    members: Members
    padded: Tensor
    degree: Tensor
    reversible: bool


def return_probabilities(
    edge_index: Tensor | Adjacency,
    num_nodes: int,
    steps: int,
    *,
    batch: Batch | None = None,
    edge_weight: Float[Tensor, " num_edges"] | None = None,
) -> Float[Tensor, "num_nodes steps"]:
    r"""Returns how likely a random walk is back at its node after 1, 2, ... steps.

    .. math:: p_{i,t} = (P^t)_{ii}, \quad P = D^{-1} A

    A walk follows edges from their source to their target, with a probability in
    proportion to their weight; it ends at a node that no edge leaves. Duplicate edges
    add up, self-loops count.

    Args:
        edge_index: The graph.
        num_nodes: Number of its nodes.
        steps: How many.
        batch: The graph of each node, not decreasing; many small graphs are faster with
            it.
        edge_weight: Weights of the edges, not negative; 1 by default.

    Raises:
        ValueError: `steps` is not positive, or the graph, its weights or `batch` do not
            fit.

    Source:
        Dwivedi et al. 2021, https://arxiv.org/abs/2110.07875.
    """
    caller = "return_probabilities"
    _check_steps(caller, steps)
    alone = matrix_of(edge_index, num_nodes, batch) if edge_weight is None else None
    if alone is not None:
        return torch.from_numpy(returns(alone, steps)).to(torch.get_default_dtype())
    walk = _prepare(caller, edge_index, num_nodes, batch, edge_weight)
    out = walk.entries.weight.new_zeros(num_nodes + 1, steps)
    for stack in stacks(walk.entries, walk.members, walk.padded):
        powers = _powers(stack.matrix, (steps + 1) // 2)
        back = out.new_empty(*stack.nodes.shape, steps)
        back[..., 0] = stack.matrix.diagonal(dim1=1, dim2=2)
        # A power's diagonal needs two powers of half as many steps, no product of them.
        for step in range(2, steps + 1):
            first, second = powers[(step + 1) // 2 - 1], powers[step // 2 - 1]
            back[..., step - 1] = (first * second.mT).sum(2)
        out[stack.nodes] = back
    entries, starts = _sparse_part(walk)
    if walk.reversible:
        _there_twice(entries, walk.degree, starts, out)
    else:
        for part, states in spread(entries, num_nodes, starts, steps):
            own = starts[part]
            column = torch.arange(len(own), device=own.device)
            for step in range(1, steps + 1):
                out[own, step - 1] = states[step][own, column]
    return out[:-1]


def walk_probabilities(
    edge_index: Tensor | Adjacency,
    num_nodes: int,
    steps: int,
    pairs: Tensor | Adjacency,
    *,
    batch: Batch | None = None,
    edge_weight: Float[Tensor, " num_edges"] | None = None,
) -> Float[Tensor, "num_pairs steps"]:
    r"""Returns how likely a walk is from each pair's source at its target.

    .. math:: p_{ji,t} = (P^t)_{ji}, \quad P = D^{-1} A, \quad t = 0, 1, ..., steps - 1

    Walks are those of `return_probabilities`. The first column says whether the target
    is the source itself, the second how likely one step leads there.

    Args:
        edge_index: The graph.
        num_nodes: Number of its nodes.
        steps: Number of columns.
        pairs: Who is looked at: the graph's own edges, `patterns.k_hop`,
            `patterns.full`, or any other pairs of nodes.
        batch: The graph of each node, not decreasing; many small graphs are faster with
            it. Pairs across graphs have the probability 0.
        edge_weight: Weights of the edges, not negative; 1 by default.

    Raises:
        ValueError: `steps` is not positive, or the graph, the pairs, the weights or
            `batch` do not fit.

    Source:
        Ma et al. 2023, https://arxiv.org/abs/2305.17589.
    """
    caller = "walk_probabilities"
    _check_steps(caller, steps)
    walk = _prepare(caller, edge_index, num_nodes, batch, edge_weight)
    members, weight = walk.members, walk.entries.weight
    source, target = pairs_of(caller, pairs, num_nodes, weight.device).edge_index
    out = weight.new_zeros(len(source), steps)
    out[:, 0] = (source == target).to(weight.dtype)
    graph = members.graph[source]
    joined = graph == members.graph[target]
    slot = torch.full_like(members.size, -1)
    for stack in stacks(walk.entries, members, walk.padded):
        graphs, size = members.graph[stack.nodes[:, 0]], stack.matrix.shape[1]
        slot[graphs] = torch.arange(len(graphs), device=slot.device)
        own = (joined & (slot[graph] >= 0)).nonzero().flatten()
        row = slot[graph[own]] * size + members.place[target[own]]
        entry = row * size + members.place[source[own]]
        for step, power in enumerate(_powers(stack.matrix, steps - 1), start=1):
            out[own, step] = power.flatten()[entry]
        slot[graphs] = -1
    entries, starts = _sparse_part(walk)
    own = (joined & (walk.padded[graph] == 0)).nonzero().flatten()
    own = own[source[own].argsort(stable=True)]
    starts, count = source[own].unique_consecutive(return_counts=True)
    column = torch.arange(len(starts), device=own.device).repeat_interleave(count)
    end = count.cumsum(0)
    for part, states in spread(entries, num_nodes, starts, steps - 1):
        first = int(end[part.start - 1]) if part.start else 0
        here = slice(first, int(end[part][-1]))
        for step in range(1, steps):
            state = states[step]
            out[own[here], step] = state[target[own[here]], column[here] - part.start]
    return out


def _check_steps(caller: str, steps: int) -> None:
    require(
        steps > 0, f"structure.{caller}", "steps must be positive", {"steps": steps}
    )


def _prepare(
    caller: str,
    edge_index: Tensor | Adjacency,
    num_nodes: int,
    batch: Tensor | None,
    edge_weight: Tensor | None,
) -> _Walk:
    entries, graph = weighted_entries(caller, edge_index, num_nodes, batch, edge_weight)
    degree = entries.weight.new_zeros(num_nodes)
    degree.index_add_(0, entries.source, entries.weight)
    share = (entries.weight / degree[entries.source]).to(torch.get_default_dtype())
    members = Members.of(graph)
    edges = torch.bincount(graph[entries.target], minlength=len(members.size))
    dense = members.size <= _SMALL
    dense |= members.size**2 <= _SPARSE_COST * edges
    padded = (members.size + _ROUND - 1) // _ROUND * _ROUND * dense
    reversible = not bool(dense.all()) and _is_symmetric(entries, num_nodes)
    entries = entries._replace(weight=share)
    return _Walk(entries, members, padded, degree.to(share.dtype), reversible)


def _is_symmetric(entries: Entries, num_nodes: int) -> bool:
    def total(first: Tensor, second: Tensor) -> Tensor:
        number, inverse = (first * num_nodes + second).unique(return_inverse=True)
        weight = entries.weight.new_zeros(len(number))
        weight.index_add_(0, inverse, entries.weight)
        return torch.stack([number.to(weight.dtype), weight])

    there = total(entries.source, entries.target)
    back = total(entries.target, entries.source)
    return torch.equal(there, back)


def _powers(matrix: Tensor, count: int) -> list[Tensor]:
    powers = [matrix]
    while len(powers) < count:
        powers.append(powers[-1] @ matrix)
    return powers[:count]


def _sparse_part(walk: _Walk) -> tuple[Entries, Tensor]:
    """Returns the edges and the nodes of the graphs that stay sparse."""
    sparse = walk.padded == 0
    graph = walk.members.graph
    entries = walk.entries.only(sparse[graph[walk.entries.target]])
    return entries, sparse[graph].nonzero().flatten()


def _there_twice(entries: Entries, degree: Tensor, starts: Tensor, out: Tensor) -> None:
    """Fills in the rows of `starts`: there and back is, up to degrees, there twice."""
    degree = degree.where(degree > 0, 1.0)
    steps = out.shape[1]
    for part, states in spread(entries, len(degree), starts, (steps + 1) // 2):
        own = starts[part]
        weighed = [state / degree[:, None] for state in states]
        for step in range(1, steps + 1):
            both = states[(step + 1) // 2] * weighed[step // 2]
            out[own, step - 1] = degree[own] * both.sum(0)

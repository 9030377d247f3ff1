"""Patterns drawn at random; the seed fixes them."""

import torch
from torch import Tensor

from graphattn._errors import require
from graphattn.adjacency import Adjacency
from graphattn.patterns.pairs import numbers_of, pairs_of
from graphattn.patterns.sets import Batch, Sets, sets_of


def random(
    num_nodes: int, degree: int, *, seed: int, batch: Batch | None = None
) -> Adjacency:
    """Every node attends to `degree` different nodes of its set, drawn at random.

    It may draw itself. Sets of at most `degree` nodes are joined completely.

    Args:
        num_nodes: Number of nodes in all sets.
        degree: How many each attends to, at least 0.
        seed: Fixes which.
        batch: The set of each node, not decreasing.

    Raises:
        ValueError: `degree` is negative, or `batch` does not fit.
    """
    require(
        degree >= 0,
        "patterns.random",
        "degree must not be negative",
        {"degree": degree},
    )
    sets = Sets(*(part.cpu() for part in sets_of("random", num_nodes, batch)))
    draw = torch.Generator().manual_seed(seed)
    wanted = sets.size.clamp(max=degree)
    target = torch.arange(num_nodes).repeat_interleave(wanted)
    # Floyd's way: the n-th draw is from the first size - wanted + n + 1 nodes, and
    # where it hits one that is taken already, takes the last of these.
    taken = torch.empty(num_nodes, 0, dtype=torch.int64)
    for n in range(degree):
        last = (sets.size - wanted + n).clamp(min=0)
        drawn = torch.rand(num_nodes, generator=draw, dtype=torch.float64) * (last + 1)
        drawn = torch.minimum(drawn.long(), last)
        hit = (taken == drawn.unsqueeze(1)).any(1)
        drawn = torch.where(hit, last, drawn).where(n < wanted, torch.tensor(-1))
        taken = torch.cat([taken, drawn.unsqueeze(1)], dim=1)
    source = (taken + sets.start.unsqueeze(1))[taken >= 0]
    return Adjacency.from_edge_index(torch.stack([source, target]), num_nodes)


def expander(
    num_nodes: int, degree: int, *, seed: int, batch: Batch | None = None
) -> Adjacency:
    """A random connected graph in each set in which every node has `degree` neighbours.

    Edges go both ways; there are no self-loops and no duplicates. It is made of rings
    through all nodes in random order. Such graphs are expanders with high probability:
    few steps lead anywhere. In sets of at most ``8 * degree`` nodes there is one ring,
    whose nodes are joined to the next ones as well; sets of at most ``degree + 1`` are
    joined completely.

    Args:
        num_nodes: Number of nodes in all sets.
        degree: Neighbours of each node, even and at least 2: two for each ring.
        seed: Fixes which.
        batch: The set of each node, not decreasing.

    Raises:
        ValueError: `degree` is odd or less than 2, or `batch` does not fit.

    Source:
        Shirzad et al. 2023, https://arxiv.org/abs/2303.06147 (attention on expanders).
    """
    require(
        degree >= 2 and degree % 2 == 0,
        "patterns.expander",
        "degree must be even and at least 2: two neighbours for each ring",
        {"degree": degree},
    )
    sets = Sets(*(part.cpu() for part in sets_of("expander", num_nodes, batch)))
    draw = torch.Generator().manual_seed(seed)
    large = sets.size > 8 * degree
    pairs = _one_ring(sets, draw, degree // 2)[:, ~large.repeat(degree // 2)]
    for _ in range(degree // 2):
        ring = _further_ring(sets, large, pairs, draw)
        pairs = torch.cat([pairs, ring], dim=1)
    pairs = pairs[:, pairs[0] != pairs[1]]
    both = numbers_of(torch.cat([pairs, pairs.flip(0)], dim=1), num_nodes).unique()
    return Adjacency.from_edge_index(pairs_of(both, num_nodes), num_nodes)


def _one_ring(sets: Sets, draw: torch.Generator, reach: int) -> Tensor:
    """Joins every node of a ring to the `reach` next ones; a small set comes round."""
    order = _shuffled(sets, draw)
    place = torch.arange(len(order))
    further = [
        torch.stack([order, order[sets.start + (place - sets.start + n) % sets.size]])
        for n in range(1, reach + 1)
    ]
    return torch.cat(further, dim=1) if further else torch.empty(2, 0).long()


def _further_ring(
    sets: Sets, large: Tensor, pairs: Tensor, draw: torch.Generator
) -> Tensor:
    """Returns a ring in each large set that shares no edge with `pairs`.

    A node whose edge is there already changes places with another, until none is.
    """
    taken = torch.cat(
        [numbers_of(pairs, len(large)), numbers_of(pairs.flip(0), len(large))]
    )
    order = _shuffled(sets, draw)
    place = torch.arange(len(order))
    after = sets.start + (place - sets.start + 1) % sets.size
    while True:
        ring = torch.stack([order, order[after]])
        clash = torch.isin(numbers_of(ring, len(large)), taken) & large
        if not bool(clash.any()):
            return ring[:, large]
        for p in after[clash].tolist():
            size, start = int(sets.size[p]), int(sets.start[p])
            other = start + int(torch.randint(size, (), generator=draw))
            order[[p, other]] = order[[other, p]]


def _shuffled(sets: Sets, draw: torch.Generator) -> Tensor:
    """Returns the nodes, set by set, each set's in random order."""
    key = torch.rand(len(sets.number), generator=draw, dtype=torch.float64)
    return (sets.number + key).argsort()

"""Patterns of sequences: whole, causal, windows, blocks, and tokens that see all."""

import torch
from jaxtyping import Int
from torch import Tensor

from graphattn._errors import require
from graphattn.adjacency import Adjacency
from graphattn.patterns.combine import union
from graphattn.patterns.drawn import random
from graphattn.patterns.sets import (
    Batch,
    Sets,
    concatenated_ranges,
    from_ranges,
    sets_of,
)


def full(num_nodes: int, *, batch: Batch | None = None) -> Adjacency:
    """Every node attends to every node of its set, itself included.

    Args:
        num_nodes: Number of nodes in all sets.
        batch: The set of each node, not decreasing.

    Raises:
        ValueError: `batch` does not fit.
    """
    sets = sets_of("full", num_nodes, batch)
    return from_ranges(num_nodes, sets.start, sets.end)


def bipartite_full(
    num_sources: int,
    num_targets: int,
    *,
    batch: tuple[Int[Tensor, " num_sources"], Int[Tensor, " num_targets"]]
    | None = None,
) -> Adjacency:
    """Every target attends to every source of its set.

    Args:
        num_sources: Number of nodes that are attended to.
        num_targets: Number of nodes that attend.
        batch: The set of each source and of each target, not decreasing.

    Raises:
        ValueError: `batch` does not fit.
    """
    sources, targets = batch if batch is not None else (None, None)
    sets_of("bipartite_full", num_sources, sources)
    sets_of("bipartite_full", num_targets, targets)
    if sources is None or targets is None:
        first = torch.zeros(num_targets, dtype=torch.int64)
        return from_ranges(num_sources, first, first + num_sources)
    return from_ranges(
        num_sources,
        torch.searchsorted(sources, targets),
        torch.searchsorted(sources, targets, right=True),
    )


def causal(num_nodes: int, *, batch: Batch | None = None) -> Adjacency:
    """Every node attends to itself and to those before it in its set.

    Args:
        num_nodes: Number of nodes in all sets.
        batch: The set of each node, not decreasing.

    Raises:
        ValueError: `batch` does not fit.
    """
    sets = sets_of("causal", num_nodes, batch)
    return from_ranges(num_nodes, sets.start, _places(sets) + 1)


def window(
    num_nodes: int,
    size: int,
    *,
    batch: Batch | None = None,
    causal: bool = False,
    dilation: int = 1,
) -> Adjacency:
    """Every node attends to the nearest `size` on each side in its set, and to itself.

    Args:
        num_nodes: Number of nodes in all sets.
        size: Nodes to each side, itself not counted; at least 0.
        batch: The set of each node, not decreasing.
        causal: Whether only nodes before it count.
        dilation: Only every so many places there is a node that counts; at least 1.

    Raises:
        ValueError: `size` or `dilation` is too small, or `batch` does not fit.
    """
    require(
        size >= 0,
        "patterns.window",
        "size counts nodes to each side and must not be negative",
        {"size": size},
    )
    require(
        dilation >= 1,
        "patterns.window",
        "dilation must be at least 1, which leaves no gaps",
        {"dilation": dilation},
    )
    sets = sets_of("window", num_nodes, batch)
    place = _places(sets)
    before = ((place - sets.start) // dilation).clamp(max=size)
    after = ((sets.end - 1 - place) // dilation).clamp(max=0 if causal else size)
    if dilation == 1:
        return from_ranges(num_nodes, place - before, place + after + 1)
    steps = concatenated_ranges(-before, after + 1)
    target = place.repeat_interleave(before + after + 1)
    edges = torch.stack([target + dilation * steps, target])
    return Adjacency.from_edge_index(edges, num_nodes)


def blocks(num_nodes: int, size: int, *, batch: Batch | None = None) -> Adjacency:
    """Sets are cut into blocks; every node attends to all of its block.

    Args:
        num_nodes: Number of nodes in all sets.
        size: Nodes in a block, at least 1; the last one of a set may be shorter.
        batch: The set of each node, not decreasing.

    Raises:
        ValueError: `size` is too small, or `batch` does not fit.
    """
    require(size >= 1, "patterns.blocks", "size must be at least 1", {"size": size})
    sets = sets_of("blocks", num_nodes, batch)
    first = sets.start + (_places(sets) - sets.start) // size * size
    return from_ranges(num_nodes, first, torch.minimum(first + size, sets.end))


def global_tokens(
    num_nodes: int, tokens: int | Tensor, *, batch: Batch | None = None
) -> Adjacency:
    """Some nodes attend to all of their set, and all attend to them.

    Args:
        num_nodes: Number of nodes in all sets.
        tokens: How many at the beginning of each set, or the nodes' numbers.
        batch: The set of each node, not decreasing.

    Raises:
        ValueError: `tokens` is negative or names no node, or `batch` does not fit.
    """
    sets = sets_of("global_tokens", num_nodes, batch)
    chosen = _tokens(tokens, sets, num_nodes)
    first, end = sets.start[chosen], sets.end[chosen]
    own = chosen.repeat_interleave(end - first)
    others = concatenated_ranges(first, end)
    seeing = torch.stack([others, own])
    both = torch.cat([seeing, seeing.flip(0)], dim=1)
    return union(Adjacency.from_edge_index(both, num_nodes))


def longformer(
    num_nodes: int,
    size: int,
    tokens: int | Tensor,
    *,
    batch: Batch | None = None,
    dilation: int = 1,
) -> Adjacency:
    """A window, and tokens that see all and are seen by all.

    Args:
        num_nodes: Number of nodes in all sets.
        size: Of the window, to each side.
        tokens: See `global_tokens`.
        batch: The set of each node, not decreasing.
        dilation: Of the window.

    Raises:
        ValueError: As `window` and `global_tokens`.

    Source:
        Beltagy et al. 2020, https://arxiv.org/abs/2004.05150.
    """
    return union(
        window(num_nodes, size, batch=batch, dilation=dilation),
        global_tokens(num_nodes, tokens, batch=batch),
    )


def bigbird(
    num_nodes: int,
    size: int,
    tokens: int | Tensor,
    num_random: int,
    *,
    seed: int,
    batch: Batch | None = None,
) -> Adjacency:
    """A window, tokens that see all and are seen by all, and some random others.

    Nodes are drawn one by one, not in blocks as the method's authors do for the sake
    of their hardware.

    Args:
        num_nodes: Number of nodes in all sets.
        size: Of the window, to each side.
        tokens: See `global_tokens`.
        num_random: How many others each node attends to; see `random`.
        seed: Fixes which.
        batch: The set of each node, not decreasing.

    Raises:
        ValueError: As `window`, `global_tokens` and `random`.

    Source:
        Zaheer et al. 2020, https://arxiv.org/abs/2007.14062.
    """
    return union(
        longformer(num_nodes, size, tokens, batch=batch),
        random(num_nodes, num_random, seed=seed, batch=batch),
    )


def _places(sets: Sets) -> Tensor:
    return torch.arange(len(sets.start), device=sets.start.device)


def _tokens(tokens: int | Tensor, sets: Sets, num_nodes: int) -> Tensor:
    """Returns the numbers of the nodes that see all."""
    if isinstance(tokens, int):
        require(
            tokens >= 0,
            "patterns.global_tokens",
            "tokens counts the first nodes of each set and must not be negative",
            {"tokens": tokens},
        )
        return (_places(sets) - sets.start < tokens).nonzero().squeeze(1)
    require(
        tokens.dim() == 1
        and not tokens.is_floating_point()
        and bool(((tokens >= 0) & (tokens < num_nodes)).all()),
        "patterns.global_tokens",
        "tokens must hold numbers of nodes",
        {"tokens": tokens, "num_nodes": num_nodes},
    )
    return tokens.long()

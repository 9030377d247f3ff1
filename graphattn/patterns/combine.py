"""Patterns made of patterns."""

from functools import reduce

import torch
from torch import Tensor

from graphattn._errors import require
from graphattn.adjacency import Adjacency
from graphattn.patterns.pairs import numbers_of, pairs_of


def union(*adjacencies: Adjacency) -> Adjacency:
    """The pairs that are in any of the adjacencies, each once.

    Raises:
        ValueError: None is given, or their sizes differ.
    """
    _check("union", adjacencies)
    pairs = torch.cat([_pairs(adjacency) for adjacency in adjacencies])
    return _adjacency(pairs.unique(), adjacencies[0])


def intersection(*adjacencies: Adjacency) -> Adjacency:
    """The pairs that are in all of the adjacencies, each once.

    Raises:
        ValueError: None is given, or their sizes differ.
    """
    _check("intersection", adjacencies)
    unique = (_pairs(adjacency).unique() for adjacency in adjacencies)
    return _adjacency(reduce(_common, unique), adjacencies[0])


def without(adjacency: Adjacency, *others: Adjacency) -> Adjacency:
    """The pairs of an adjacency that are in none of the others, each once.

    Raises:
        ValueError: Their sizes differ.
    """
    _check("without", (adjacency, *others))
    pairs = _pairs(adjacency).unique()
    for other in others:
        pairs = pairs[~torch.isin(pairs, _pairs(other))]
    return _adjacency(pairs, adjacency)


def _check(caller: str, adjacencies: tuple[Adjacency, ...]) -> None:
    caller = f"patterns.{caller}"
    require(
        len(adjacencies) > 0, caller, "give at least one adjacency", {"adjacencies": ()}
    )
    require(
        len({(a.num_sources, a.num_targets) for a in adjacencies}) == 1,
        caller,
        "adjacencies must have equal numbers of sources and of targets",
        {"adjacencies": list(adjacencies)},
    )


def _common(some: Tensor, others: Tensor) -> Tensor:
    return some[torch.isin(some, others)]


def _pairs(adjacency: Adjacency) -> Tensor:
    """Returns one number for each pair, ordered by target, then source."""
    target = torch.arange(adjacency.num_targets, device=adjacency.device)
    target = target.repeat_interleave(adjacency.degree.long())
    return numbers_of(
        torch.stack([adjacency.col.long(), target]), adjacency.num_sources
    )


def _adjacency(pairs: Tensor, like: Adjacency) -> Adjacency:
    edges = pairs_of(pairs, like.num_sources)
    return Adjacency.from_edge_index(edges, (like.num_sources, like.num_targets))

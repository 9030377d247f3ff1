"""Who may attend to whom: the rows of a comparison."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

import torch
from jaxtyping import Int
from torch import Tensor

from graphattn import patterns
from graphattn._errors import require
from graphattn.adjacency import Adjacency
from graphattn.compare.counted import counted
from graphattn.compare.graphs import Graphs, Pairs
from graphattn.compare.rewiring import rewire

Build = Callable[[Graphs, int], Adjacency]
Kind = Literal["attention", "mean", "fingerprint"]

BASELINES = "self,rewired,mean,fingerprint"
_FORMS = ("edges", "2-hop", "3-hop", "window:5", "causal", "full")
_FORMS = (*_FORMS, *BASELINES.split(","))


@dataclass(frozen=True)
class Structure:
    """A rule that says, for any graph, who may attend to whom.

    Attributes:
        name: As the user writes it: "edges", "2-hop", "window:5".
        about: The rule in words.
        build: Applies the rule to all graphs at once; None for full attention, which
            needs no list of pairs.
        kind: What is done along the pairs; a fingerprint needs none.
        drawn: Whether every seed draws pairs of its own.
    """

    name: str
    about: str
    build: Build | None
    kind: Kind = "attention"
    drawn: bool = False

    def pairs(self, graphs: Graphs, seed: int = 0) -> Pairs | None:
        """Returns the pairs of all graphs, or None for full attention.

        Args:
            graphs: The graphs; an order of their nodes is that of the data.
            seed: Of the draw, where there is one.
        """
        if self.build is None:
            return None
        index = self.build(graphs, seed).edge_index
        return Pairs.by_graph(index, graphs.batch, graphs.num_graphs, None)

    def count(self, graphs: Graphs, pairs: Pairs | None) -> Int[Tensor, " graphs"]:
        """Returns how many pairs each graph has.

        Args:
            graphs: The graphs.
            pairs: What `pairs` returned for them.
        """
        return graphs.sizes.square() if pairs is None else pairs.ptr.diff()


def parse(text: str) -> tuple[Structure, ...]:
    """Returns the structures of a list such as ``edges,2-hop,window:5,full``.

    ``edges`` is the graph's own edges and each node itself, ``k-hop`` all pairs up to
    distance k, so that edges, 2-hop and full are nested. Duplicate edges count once.

    Args:
        text: Names, separated by commas.

    Raises:
        ValueError: A name is unknown or given twice; the message has the nearest names.
    """
    names = [name.strip().lower() for name in text.split(",") if name.strip()]
    require(
        len(names) > 0, "compare", "name at least one attention", {"attention": text}
    )
    require(
        len(set(names)) == len(names),
        "compare",
        "name each attention once",
        {"attention": text},
    )
    return tuple(structure(name) for name in names)


def structure(name: str) -> Structure:
    """Returns the structure of one name.

    Args:
        name: "edges", "full", "causal", "k-hop", "window:k", or a baseline: "self",
            "rewired", "mean", "fingerprint".

    Raises:
        ValueError: The name is unknown; the message has the nearest names.
    """
    if name in _FIXED:
        return _FIXED[name]
    if hop := re.fullmatch(r"([1-9]\d*)-hop", name):
        k = int(hop[1])
        about = f"all pairs up to {counted(k, 'edge')} apart"
        return Structure(name, about, lambda g, _: _hop(g, k))
    if window := re.fullmatch(r"window:([1-9]\d*)", name):
        size = int(window[1])
        far = f"up to {counted(size, 'node')} before and after"
        return Structure(
            name,
            f"{far}, in the order of the data",
            lambda g, _: patterns.window(len(g.x), size, batch=g.batch),
        )
    require(
        False,
        "compare",
        "no attention has this name; write edges, 2-hop, window:5, causal or full, "
        f"where the numbers are yours, or a baseline: {BASELINES}",
        {
            "attention": name,
            "nearest": get_close_matches(name, _FORMS, n=3, cutoff=0.3),
        },
    )
    raise AssertionError


def _alone(graphs: Graphs) -> Tensor:
    nodes = torch.arange(len(graphs.x), device=graphs.x.device)
    return torch.stack([nodes, nodes])


def _rewired(graphs: Graphs, seed: int) -> Adjacency:
    index = rewire(graphs.edges.index, graphs.batch, seed)
    index = torch.cat([index, _alone(graphs)], dim=1)
    return Adjacency.from_edge_index(index, len(graphs.x))


def _hop(graphs: Graphs, k: int) -> Adjacency:
    return patterns.k_hop(graphs.edges.index, len(graphs.x), k)


_FIXED = {
    "edges": Structure(
        "edges",
        "the graph's own edges, and each node itself",
        lambda g, _: _hop(g, 1),
    ),
    "full": Structure("full", "all pairs within a graph", None),
    "causal": Structure(
        "causal",
        "each node and those before it, in the order of the data",
        lambda g, _: patterns.causal(len(g.x), batch=g.batch),
    ),
    "self": Structure(
        "self",
        "no neighbours: each node itself alone",
        lambda g, _: Adjacency.from_edge_index(_alone(g), len(g.x)),
    ),
    "rewired": Structure(
        "rewired",
        "random edges with the same degrees, drawn anew for every seed",
        _rewired,
        drawn=True,
    ),
    "mean": Structure(
        "mean",
        "the plain mean over edges in place of attention, as graph convolutions do",
        lambda g, _: _hop(g, 1),
        kind="mean",
    ),
    "fingerprint": Structure(
        "fingerprint",
        "Morgan fingerprints and a linear model: no graph network",
        None,
        kind="fingerprint",
    ),
}

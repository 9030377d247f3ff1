"""Attention that goes on where it stopped: keys and values of the past are kept."""

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from graphattn._errors import require
from graphattn.adjacency import Adjacency
from graphattn.functional import full_attention
from graphattn.nn.placed import Places, bias_of_edges, turned
from graphattn.patterns import bipartite_full, causal

Pattern = Callable[[int], Adjacency]
"""Who attends to whom among so many nodes, such as a causal window."""


class KeyValues(NamedTuple):
    """Keys and values that were projected before, `[..., num_nodes, heads, _]`."""

    key: Tensor
    value: Tensor

    @property
    def length(self) -> int:
        """How many nodes there are."""
        return self.key.shape[-3]

    def before(self, later: "KeyValues") -> "KeyValues":
        """Returns these, then later ones."""
        both = zip(self, later, strict=True)
        return KeyValues(*(torch.cat(rows, dim=-3) for rows in both))

    def select(self, sets: Int[Tensor, " chosen"]) -> "KeyValues":
        """Returns those of chosen sets; a set may be chosen more than once."""
        return KeyValues(self.key[sets], self.value[sets])


class Continued(nn.Module):
    """What a `GraphAttention` needs in order to go on from kept keys and values."""

    # Of the layer; what these do is said there.
    score: Any
    position: Any
    normalization: str
    heads: int
    in_channels: int | tuple[int, int]
    _along: Callable[..., tuple[Tensor, Tensor | None]]
    _project: Callable[..., Any]
    _goes_dense: Callable[..., bool]
    _join: Callable[[Tensor], Tensor]
    _output: Callable[[Tensor, Tensor], Tensor]

    def keys_and_values(self, source: Float[Tensor, "*sets _ channels"]) -> KeyValues:
        """Returns what `attend_to` takes, projected once for many queries.

        Args:
            source: Features of the nodes that will be attended to.
        """
        given = self._project(source, self._nobody(source, 1), None)
        return KeyValues(given.key, given.value)

    def attend_to(
        self,
        x: Float[Tensor, "num_targets channels"],
        kept: KeyValues,
        batch: tuple[Int[Tensor, " num_sources"], Int[Tensor, " num_targets"]],
    ) -> Float[Tensor, "num_targets out_channels"]:
        """Attends from each target to all kept sources of its set, without positions.

        Args:
            x: Features of targets.
            kept: Of sources, from `keys_and_values`.
            batch: The set of each source and of each target, not decreasing.

        Raises:
            ValueError: The score is no dot product, or there are positions.
        """
        require(
            self.score.is_dot
            and self.position is None
            and self.normalization == "softmax",
            "GraphAttention.attend_to",
            "cross-attention to kept keys is by dot product and softmax, without a "
            "position",
            {
                "score": self.score,
                "position": self.position,
                "normalization": self.normalization,
            },
        )
        query = self._project(self._nobody(x, 0), x, None).query
        rows = full_attention(query, kept.key, kept.value, batch=batch)
        return self._output(self._join(rows), x)

    def go_on(
        self,
        x: Float[Tensor, "*sets _ channels"],
        past: KeyValues | None = None,
        pattern: Pattern | None = None,
    ) -> tuple[Float[Tensor, "*sets _ out_channels"], KeyValues]:
        """Attends from new nodes at the end of sequences to them and all before.

        Args:
            x: Features of the new nodes, in sets of one length.
            past: Of the nodes before; None for none.
            pattern: Who attends to whom, for any number of nodes, without looking
                ahead; None: everyone to all before, and to itself.

        Returns:
            Rows of the new nodes, and what is kept of all nodes.
        """
        new, before = x.shape[-2], 0 if past is None else past.length
        places = torch.arange(before + new, device=x.device)
        given = self._project(x, x, None)
        own = places[before:]
        given = turned(self.position, given, Places(own, own))
        kept = KeyValues(given.key, given.value)
        kept = kept if past is None else past.before(kept)
        given = given._replace(key=kept.key, value=kept.value)
        if pattern is None and self._goes_dense(None) and self._is_plain():
            if new == 1 or not before:
                rows = full_attention(
                    given.query, *kept, causal=new > 1, scale=given.scale
                )
                return self._output(self._join(rows), x), kept
        adjacency = _last_targets(pattern, before + new, new).to(x.device)
        bias = None
        if self.position is not None:
            bias = bias_of_edges(self.position, Places(places, own), adjacency, None)
        folded = given._replace(edge_bias=bias).fold()
        rows, _ = self._along((x, x), folded, adjacency, None, True, False)
        return self._output(rows, x), kept

    def _nobody(self, like: Tensor, side: int) -> Tensor:
        """Returns no rows at all, as wide as sources (0) or targets (1) are."""
        width = self.in_channels
        width = width[side] if isinstance(width, tuple) else like.shape[-1]
        return like.new_empty(*like.shape[:-2], 0, width)

    def _is_plain(self) -> bool:
        """Whether scores have no bias, and go through a softmax."""
        biased = self.position is not None and not self.position.needs_dot
        return self.normalization == "softmax" and not biased


def _last_targets(pattern: Pattern | None, length: int, new: int) -> Adjacency:
    """Returns the edges to the last `new` of `length` nodes, counted from 0."""
    if pattern is None and new == 1:
        return bipartite_full(length, 1)
    whole = (causal if pattern is None else pattern)(length)
    source, target = whole.edge_index
    wanted = target >= length - new
    edges = torch.stack([source[wanted], target[wanted] - (length - new)])
    return Adjacency.from_edge_index(edges, (length, new))

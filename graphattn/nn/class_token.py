"""[CLS]: one more node in every set, which sees all of it and speaks for it."""

from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from graphattn._errors import require
from graphattn.adjacency import Adjacency, as_adjacency


class WithToken(NamedTuple):
    """Sets whose first node is the token.

    Attributes:
        x: Vectors of tokens and nodes.
        edge_index: Who attends to whom; None where everyone does.
        batch: The set of each row; None where `x` has a dimension of sets.
        tokens: The rows of the tokens, one per set; where `x` has a dimension of sets
            it is 0 in each.
    """

    x: Tensor
    edge_index: Adjacency | None
    batch: Tensor | None
    tokens: Tensor


class ClassToken(nn.Module):
    """A learned vector, set before the nodes of every set.

    Where there are edges, the token gets those to and from all of its set, after the
    others in `edge_index` order.

    Args:
        channels: Width of the nodes' vectors.

    Source:
        Devlin et al. 2019, https://arxiv.org/abs/1810.04805.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.token = nn.Parameter(torch.empty(channels))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draws the vector anew."""
        nn.init.normal_(self.token, std=0.02)

    def forward(
        self,
        x: Float[Tensor, "*sets num_nodes channels"],
        edge_index: Tensor | Adjacency | None = None,
        *,
        batch: Int[Tensor, " num_nodes"] | None = None,
        num_sets: int | None = None,
    ) -> WithToken:
        """Returns the sets with their tokens.

        Args:
            x: Vectors of the nodes.
            edge_index: Who attends to whom; None for everyone.
            batch: The set of each node, not decreasing; without it the second to last
                dimension of `x` is one set.
            num_sets: How many sets there are; by default up to the last in `batch`.

        Raises:
            ValueError: `batch` decreases or does not fit.
        """
        nodes = x.shape[-2]
        if batch is None:
            first = self.token.to(x.dtype).expand(*x.shape[:-2], 1, -1)
            of_node = torch.zeros(nodes, dtype=torch.long, device=x.device)
            joined, count, new_batch = torch.cat([first, x], dim=-2), 1, None
        else:
            _check(x, batch)
            count = int(batch[-1]) + 1 if nodes else 0
            count, of_node = count if num_sets is None else num_sets, batch
            new_batch = torch.cat([torch.arange(count, device=x.device), batch])
            new_batch, order = new_batch.sort(stable=True)
            first = self.token.to(x.dtype).expand(count, -1)
            joined = torch.cat([first, x])[order]
        # A node moves on by the tokens of its own set and of all before it.
        places = torch.arange(nodes, device=x.device) + of_node + 1
        sets = torch.arange(count, device=x.device)
        tokens = torch.searchsorted(of_node, sets) + sets
        edges = None
        if edge_index is not None:
            given = as_adjacency(edge_index, nodes, nodes, "ClassToken")
            edges = _with_tokens(given, places, tokens, tokens[of_node])
        return WithToken(joined, edges, new_batch, tokens)

    @staticmethod
    def read(
        x: Float[Tensor, "*sets num_nodes channels"], token: WithToken
    ) -> Float[Tensor, "*num_sets channels"]:
        """Returns the tokens' rows of what became of the nodes.

        Args:
            x: Vectors of tokens and nodes, in the order of ``token.x``.
            token: What `forward` returned.
        """
        return x[..., 0, :] if token.batch is None else x[token.tokens]


def _with_tokens(
    adjacency: Adjacency, places: Tensor, tokens: Tensor, token_of_node: Tensor
) -> Adjacency:
    up = torch.stack([places, token_of_node])
    edges = [places[adjacency.edge_index], up, up.flip(0), tokens.expand(2, -1)]
    total = len(places) + len(tokens)
    return Adjacency.from_edge_index(torch.cat(edges, dim=1), total)


def _check(x: Tensor, batch: Tensor) -> None:
    require(
        x.dim() == 2 and batch.shape == x.shape[:1] and bool((batch.diff() >= 0).all()),
        "ClassToken",
        "batch must hold one set number per row of a two-dimensional x, and must not "
        "decrease",
        {"x": x, "batch": batch},
    )

"""The pre-norm transformer block, with attention along any adjacency."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from graphattn.adjacency import Adjacency
from graphattn.nn.attention import GraphAttention


class GraphTransformerBlock(nn.Module):
    r"""Attention, then a feed-forward network on every node, each around a residual.

    .. math::
        h &= x + \mathrm{attention}(\mathrm{norm}(x)) \\
        y &= h + W_2 \, \mathrm{gelu}(W_1 \, \mathrm{norm}(h))

    The parameters do not depend on the adjacency, so one block serves edges, hops,
    windows and full attention.

    Source:
        Xiong et al. 2020, https://arxiv.org/abs/2002.04745 (norm before, not after).
    """

    def __init__(
        self,
        channels: int,
        heads: int = 4,
        *,
        score: str = "dot",
        edge_dim: int | None = None,
        expansion: int = 2,
        dropout: float = 0.0,
        attention_dropout: float = 0.0,
    ) -> None:
        """Builds the block.

        Args:
            channels: Width of the nodes' vectors, in and out.
            heads: How many attention heads share `channels`.
            score: As in `GraphAttention`.
            edge_dim: Width of edge features, where there are any.
            expansion: Width of the feed-forward network, in units of `channels`.
            dropout: Probability of dropping a channel before each residual sum and
                inside the feed-forward network.
            attention_dropout: Probability of dropping an attention weight.
        """
        super().__init__()
        self.attention_norm = nn.LayerNorm(channels)
        self.attention = GraphAttention(
            channels,
            channels,
            heads,
            score=score,
            edge_dim=edge_dim,
            dropout=attention_dropout,
        )
        self.feed_forward_norm = nn.LayerNorm(channels)
        self.feed_forward = nn.Sequential(
            nn.Linear(channels, expansion * channels),
            nn.GELU(),
            nn.Dropout(dropout),
            nn.Linear(expansion * channels, channels),
        )
        self.dropout = nn.Dropout(dropout)

    def forward(
        self,
        x: Float[Tensor, "*nodes channels"],
        edge_index: Tensor | Adjacency | None = None,
        edge_attr: Tensor | None = None,
        *,
        edge_mask: Tensor | None = None,
        batch: Tensor | None = None,
        causal: bool = False,
    ) -> Float[Tensor, "*nodes channels"]:
        """Returns new vectors of the nodes.

        Args:
            x: Vectors of the nodes.
            edge_index: Who attends to whom; None is full attention within each graph.
            edge_attr: Features of the edges.
            edge_mask: True = may attend, in `edge_index` order.
            batch: The graph of each node; only full attention needs it.
            causal: For full attention: whether a node sees only those before it.
        """
        attended = self.attention(
            self.attention_norm(x),
            edge_index,
            edge_attr,
            edge_mask=edge_mask,
            batch=batch,
            causal=causal,
        )
        x = x + self.dropout(attended)
        return x + self.dropout(self.feed_forward(self.feed_forward_norm(x)))

    @torch.no_grad()
    def attention_weights(
        self, x: Float[Tensor, "num_nodes channels"], edge_index: Tensor | Adjacency
    ) -> Float[Tensor, "num_edges heads"]:
        """Returns how much each target attends to each source, in `edge_index` order.

        Args:
            x: Vectors of the nodes, as `forward` takes them.
            edge_index: Who attends to whom.
        """
        normed = self.attention_norm(x)
        return self.attention(normed, edge_index, return_attention_weights=True)[1]

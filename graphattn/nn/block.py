"""The transformer block, with attention along any adjacency."""

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from graphattn._errors import require
from graphattn.adjacency import Adjacency
from graphattn.nn.attention import GraphAttention
from graphattn.nn.edge_update import EdgeUpdate
from graphattn.nn.local_global import LocalGlobalAttention
from graphattn.nn.position import Position
from graphattn.nn.residual import GatedResidual, ResidualBlock, feed_forward


class GraphTransformerBlock(ResidualBlock):
    r"""Attention, then a feed-forward network on every node, each around a residual.

    .. math::
        h &= x + \mathrm{attention}(\mathrm{norm}(x)) \\
        y &= h + W_2 \, \mathrm{gelu}(W_1 \, \mathrm{norm}(h))

    The parameters do not depend on the adjacency, so one block serves edges, hops,
    windows and full attention.

    Source:
        Xiong et al. 2020, https://arxiv.org/abs/2002.04745 (norm before, not after);
        Rampášek et al. 2022, https://arxiv.org/abs/2205.12454 (`beside_full`).
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
        norm_first: bool = True,
        gated: bool = False,
        beside_full: bool = False,
        update_edges: bool = False,
        position: Position | None = None,
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
            norm_first: Whether norms stand before attention and network; after the
                residual sums otherwise.
            gated: Whether a `GatedResidual` mixes rows and updates; they are added
                otherwise.
            beside_full: Whether full attention within each graph runs side by side
                with the attention along edges, with parameters of its own.
            update_edges: Whether edges get new features, which are returned too.
            position: How places enter the scores, as in `GraphAttention`.

        Raises:
            ValueError: `update_edges` without `edge_dim`.
        """
        super().__init__(channels, dropout, norm_first)
        require(
            edge_dim is not None or not update_edges,
            "GraphTransformerBlock",
            "update_edges needs edge_dim, the number of features of an edge",
            {"update_edges": update_edges, "edge_dim": edge_dim},
        )

        def attention(
            edge_dim: int | None, position: Position | None
        ) -> GraphAttention:
            return GraphAttention(
                channels,
                channels,
                heads,
                score=score,
                edge_dim=edge_dim,
                dropout=attention_dropout,
                position=position,
            )

        self.attention_norm = nn.LayerNorm(channels)
        self.attention = attention(edge_dim, position)
        self.is_placed = position is not None
        self.asks_for_sets = self.is_placed or beside_full
        if beside_full:
            self.attention = LocalGlobalAttention(self.attention, attention(None, None))
        self.feed_forward_norm = nn.LayerNorm(channels)
        self.feed_forward = feed_forward(channels, expansion, dropout)
        self.attention_gate = GatedResidual(channels) if gated else None
        self.feed_forward_gate = GatedResidual(channels) if gated else None
        self.edge_update = None
        if update_edges and edge_dim is not None:
            self.edge_update = EdgeUpdate(channels, edge_dim)

    def forward(
        self,
        x: Float[Tensor, "*nodes channels"],
        edge_index: Tensor | Adjacency | None = None,
        edge_attr: Tensor | None = None,
        *,
        edge_mask: Tensor | None = None,
        edge_bias: Float[Tensor, "num_edges heads"] | None = None,
        batch: Tensor | None = None,
        causal: bool = False,
        place: Tensor | None = None,
        memory: Float[Tensor, "*sets _ channels"] | None = None,
    ) -> Tensor | tuple[Tensor, Tensor]:
        """Returns new vectors of the nodes.

        Args:
            x: Vectors of the nodes.
            edge_index: Who attends to whom; None is full attention within each graph.
            edge_attr: Features of the edges.
            edge_mask: True = may attend, in `edge_index` order.
            edge_bias: Added to the logits of edges, in nats.
            batch: The graph of each node; only full attention and positions need it.
            causal: For full attention: whether a node sees only those before it.
            place: Where nodes stand, for a block with a position; by default the place
                within the set.
            memory: Vectors of nodes before those of `x`, which attend to nobody, where
                `edge_index` is None.

        Returns:
            `[..., channels]`; with `update_edges` a pair of it and the new features of
            the edges.

        Raises:
            ValueError: As `GraphAttention`; or `update_edges` without edges.
        """
        options: dict[str, Any] = {} if place is None else {"place": place}
        if edge_bias is not None:
            options["edge_bias"] = edge_bias
        if memory is not None:
            options["memory"] = (
                self.attention_norm(memory) if self.norm_first else memory
            )
        if edge_index is not None and not self.asks_for_sets:
            batch = None

        def attend(rows: Tensor) -> Tensor:
            return self.attention(
                rows,
                edge_index,
                edge_attr,
                edge_mask=edge_mask,
                batch=batch,
                causal=causal,
                **options,
            )

        x = self.around(attend, x, self.attention_norm, self.attention_gate)
        x = self.around(
            self.feed_forward, x, self.feed_forward_norm, self.feed_forward_gate
        )
        if self.edge_update is None:
            return x
        require(
            edge_index is not None and edge_attr is not None and x.dim() == 2,
            "GraphTransformerBlock",
            "update_edges needs edge_index and edge_attr, and x of two dimensions",
            {"x": x, "edge_index": edge_index, "edge_attr": edge_attr},
        )
        return x, self.edge_update(x, edge_index, edge_attr)

    @torch.no_grad()
    def attention_weights(
        self, x: Float[Tensor, "num_nodes channels"], edge_index: Tensor | Adjacency
    ) -> Float[Tensor, "num_edges heads"]:
        """Returns how much each target attends to each source, in `edge_index` order.

        Args:
            x: Vectors of the nodes, as `forward` takes them.
            edge_index: Who attends to whom.
        """
        rows = self.attention_norm(x) if self.norm_first else x
        attention = self.attention
        if isinstance(attention, LocalGlobalAttention):
            attention = attention.local
        return attention(rows, edge_index, return_attention_weights=True)[1]

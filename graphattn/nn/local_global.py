"""Attention along edges and attention to everyone, side by side."""

from typing import Any

from jaxtyping import Float, Int
from torch import Tensor, nn

from graphattn._errors import require
from graphattn.adjacency import Adjacency


class LocalGlobalAttention(nn.Module):
    r"""The sum of what a node takes from its neighbours and from its whole graph.

    .. math:: y = \mathrm{local}(x, E) + \mathrm{whole}(x)

    Args:
        local: Called as ``local(x, edge_index, edge_attr, edge_mask=...)``, as
            `GraphAttention` is.
        whole: Called as ``whole(x, batch=...)``: `GraphAttention`, or
            `LinearAttention` where graphs are large.

    Source:
        Rampášek et al. 2022, https://arxiv.org/abs/2205.12454.
    """

    def __init__(self, local: nn.Module, whole: nn.Module) -> None:
        super().__init__()
        self.local = local
        self.whole = whole

    def forward(
        self,
        x: Float[Tensor, "*nodes channels"],
        edge_index: Tensor | Adjacency | None = None,
        edge_attr: Tensor | None = None,
        *,
        edge_mask: Tensor | None = None,
        edge_bias: Float[Tensor, "num_edges heads"] | None = None,
        batch: Int[Tensor, " num_nodes"] | None = None,
        causal: bool = False,
        place: Tensor | None = None,
    ) -> Float[Tensor, "*nodes channels"]:
        """Returns the sum of both.

        Args:
            x: Vectors of the nodes.
            edge_index: The neighbours of each node.
            edge_attr: Features of the edges.
            edge_mask: True = may attend, in `edge_index` order.
            edge_bias: Added to the logits of edges, in nats, where `local` takes it.
            batch: The graph of each node; without it there is one.
            causal: Must be False: edges do not look ahead only where they say so.
            place: Where nodes stand, for a `local` with a position.

        Raises:
            ValueError: No edges, or `causal`.
        """
        require(
            edge_index is not None and not causal,
            "LocalGlobalAttention",
            "edges are needed, beside which everyone attends to everyone; a causal "
            "pattern is an edge_index of a block without full attention",
            {"edge_index": edge_index, "causal": causal},
        )
        options: dict[str, Any] = {"edge_mask": edge_mask}
        if edge_bias is not None:
            options["edge_bias"] = edge_bias
        if getattr(self.local, "position", None) is not None:
            options |= {"place": place, "batch": batch}
        near = self.local(x, edge_index, edge_attr, **options)
        return near + self.whole(x, batch=batch)

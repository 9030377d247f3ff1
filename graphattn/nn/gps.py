"""Any attention in the place of `GPSConv`'s own."""

import torch
from torch import Tensor, nn
from torch_geometric.nn.attention import PerformerAttention
from torch_geometric.nn.inits import reset

from graphattn.nn.linear import LinearAttention


class GPSAttention(PerformerAttention):
    """Hands `GPSConv`'s nodes, without their padding, to an attention of your choice.

    ``conv = GPSConv(64, GraphAttention(64, 64, 4))``, then ``conv.attn =
    GPSAttention(LinearAttention(64, 4))``, or ``GPSAttention(GraphAttention(64, 64,
    4))`` for softmax attention. What comes out depends neither on padding nor on the
    other graphs of a batch.

    Args:
        attention: Called as ``attention(x, batch=batch)``, where `x` are nodes and
            `batch` their graphs; must have `reset_parameters`.
    """

    def __init__(self, attention: nn.Module) -> None:
        # GPSConv skips, without a word, what is neither MultiheadAttention nor
        # PerformerAttention. The latter's layers would be idle here.
        nn.Module.__init__(self)
        self.attention = attention

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        """Attends within each graph.

        Args:
            x: `[num_graphs, num_nodes, channels]`, padded.
            mask: `[num_graphs, num_nodes]`, True = a node; None: no padding.

        Returns:
            Rows like `x`'s, zeros in the padding.
        """
        mask = x.new_ones(x.shape[:-1], dtype=torch.bool) if mask is None else mask
        found = self.attention(x[mask], batch=mask.nonzero()[:, 0])
        out = found.new_zeros(*mask.shape, found.shape[-1])
        out[mask] = found
        return out

    def _reset_parameters(self) -> None:
        reset(self.attention)

    def redraw_projection_matrix(self) -> None:
        """Draws random features anew, where the attention has any."""
        if isinstance(self.attention, LinearAttention):
            self.attention.redraw()

    __repr__ = nn.Module.__repr__

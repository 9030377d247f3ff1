"""What attention without edges shares: projections; sets, with or without padding."""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch_geometric.nn.inits import glorot, zeros
from torch_geometric.utils import to_dense_batch

from graphattn._errors import require


class SetAttention(nn.Module):
    """Self-attention within sets; subclasses say how, in `attend`.

    Args:
        channels: Width of the nodes' features, in and out.
        heads: Number of heads, each of ``channels // heads`` channels.
        bias: Whether projections have a bias.

    Raises:
        ValueError: `heads` does not divide `channels`.
    """

    def __init__(self, channels: int, heads: int, bias: bool) -> None:
        super().__init__()
        require(
            heads >= 1 and channels >= 1 and channels % heads == 0,
            type(self).__name__,
            "heads must divide channels",
            {"channels": channels, "heads": heads},
        )
        self.channels, self.heads = channels, heads
        self.in_proj = nn.Linear(channels, 3 * channels, bias=bias)
        self.out_proj = nn.Linear(channels, channels, bias=bias)

    def reset_parameters(self) -> None:
        """Draws all parameters anew."""
        for part in self.in_proj.weight.chunk(3):
            glorot(part)
        glorot(self.out_proj.weight)
        zeros(self.in_proj.bias)
        zeros(self.out_proj.bias)

    def attend(self, rows: Tensor, mask: Tensor | None, causal: bool) -> Tensor:
        """Returns the heads' outputs, `[*sets, num_nodes, heads, head_dim]`.

        Args:
            rows: Queries, keys and values, `[*sets, num_nodes, 3, heads, head_dim]`.
            mask: True = a node, `[*sets, num_nodes]`; None: no padding.
            causal: Whether a node attends only to itself and those before it.
        """
        raise NotImplementedError

    def forward(
        self,
        x: Float[Tensor, "*sets num_nodes channels"],
        *,
        batch: Int[Tensor, " num_nodes"] | None = None,
        mask: Bool[Tensor, "*sets num_nodes"] | None = None,
        causal: bool = False,
    ) -> Float[Tensor, "*sets num_nodes channels"]:
        """Attends from every node to every node of its set.

        Args:
            x: Features of nodes. With more than two dimensions, the second to last
                counts the nodes, and those before it are sets.
            batch: The set of each row of a two-dimensional `x`, not decreasing.
            mask: True = a node, False = padding, whose rows come out arbitrary.
            causal: Whether a node attends only to itself and those before it.

        Raises:
            ValueError: Sizes do not fit, or both `batch` and `mask` are given.
        """
        self._check(x, batch, mask)
        rows = self.in_proj(x).unflatten(-1, (3, self.heads, -1))
        if batch is None or batch.numel() == 0:
            out = self.attend(rows, mask, causal)
        else:
            padded, mask = to_dense_batch(rows, batch)
            out = self.attend(padded, mask, causal)[mask]
        return self.out_proj(out.flatten(-2).to(rows.dtype))

    def _check(self, x: Tensor, batch: Tensor | None, mask: Tensor | None) -> None:
        caller = type(self).__name__
        require(
            x.dim() >= 2 and x.shape[-1] == self.channels,
            caller,
            "x must have the shape [..., num_nodes, channels]",
            {"x": x, "channels": self.channels},
        )
        require(
            batch is None
            or (mask is None and x.dim() == 2 and batch.shape == x.shape[:1]),
            caller,
            "batch must hold one set number per row of a two-dimensional x, which has "
            "no padding and so no mask",
            {"x": x, "batch": batch, "mask": mask},
        )
        require(
            mask is None or (mask.shape == x.shape[:-1] and mask.dtype == torch.bool),
            caller,
            "mask must be boolean, with one entry per node: True = a node",
            {"x": x, "mask": mask},
        )

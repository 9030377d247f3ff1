"""ALiBi: the further, the less."""

import math

import torch
from torch import Tensor

from graphattn._errors import require
from graphattn.nn.position.base import PairBias
from graphattn.nn.position.places import axes_of


class ALiBi(PairBias):
    r"""Attention with linear biases: :math:`b_{ij} = -m_h \, |p_j - p_i|`.

    Nothing is learned. The slopes :math:`m_h` are ``2^(-8 h / heads)`` for a power of
    two of heads; for other numbers those of the next smaller power of two come first,
    then every other one of twice that power. With several axes the distance is
    Euclidean, so places may be coordinates of pixels or of atoms.

    Args:
        heads: Number of heads.
        dims: Number of axes of a place.

    Raises:
        ValueError: `heads` or `dims` is less than 1.

    Source:
        Press, Smith, Lewis 2022, https://arxiv.org/abs/2108.12409.
    """

    slopes: Tensor

    def __init__(self, heads: int, *, dims: int = 1) -> None:
        super().__init__(dims)
        require(
            heads >= 1 and dims >= 1,
            "ALiBi",
            "heads and dims must be at least 1",
            {"heads": heads, "dims": dims},
        )
        self.heads = heads
        self.register_buffer("slopes", _slopes(heads), persistent=False)

    def pair_bias(self, offset: Tensor) -> Tensor:
        """Returns the bias of each offset, `[..., heads]`, in nats."""
        axes = axes_of(offset, self.dims).to(self.slopes.dtype)
        distance = axes[..., 0].abs() if self.dims == 1 else axes.norm(dim=-1)
        return -distance.unsqueeze(-1) * self.slopes

    def extra_repr(self) -> str:
        """Returns the constructor's arguments."""
        return f"{self.heads}, dims={self.dims}"


def _slopes(heads: int) -> Tensor:
    power = 2 ** math.floor(math.log2(heads))
    first = 2.0 ** (-8 * torch.arange(1, power + 1) / power)
    between = 2.0 ** (-4 * torch.arange(1, 2 * power + 1, 2) / power)
    return torch.cat([first, between])[:heads]

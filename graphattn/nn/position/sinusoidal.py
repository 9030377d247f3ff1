"""Sinusoidal encoding: places as the hands of many clocks."""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from graphattn._errors import require
from graphattn.nn.position.places import Place, axes_of, places_of


class SinusoidalEncoding(nn.Module):
    r"""Adds to each node's features the sines and cosines of its place.

    .. math::
        e(p)_{2i} = \sin(p \, \omega_i), \quad e(p)_{2i+1} = \cos(p \, \omega_i), \quad
        \omega_i = \mathrm{base}^{-2i / \mathrm{channels}}

    There is no table, so sequences may be of any length and places any numbers. A
    shift is a rotation, :math:`e(p + s) = R_s \, e(p)` (see `shift`), whatever `p`.
    With several axes, each has its share of the channels, one axis after the other.

    Args:
        channels: Width of the nodes' features; a multiple of ``2 * dims``.
        dims: Number of axes: 1 for sequences, 2 for images.
        base: Sets the slowest clock.

    Raises:
        ValueError: `channels` is no multiple of ``2 * dims``.

    Source:
        Vaswani et al. 2017, https://arxiv.org/abs/1706.03762.
    """

    def __init__(self, channels: int, *, dims: int = 1, base: float = 1e4) -> None:
        super().__init__()
        check_even("SinusoidalEncoding", "channels", channels, dims)
        self.channels, self.dims, self.base = channels, dims, base

    def forward(
        self,
        x: Float[Tensor, "*sets num_nodes channels"],
        *,
        place: Place | None = None,
        batch: Int[Tensor, " num_nodes"] | None = None,
    ) -> Float[Tensor, "*sets num_nodes channels"]:
        """Returns features plus encodings.

        Args:
            x: Features of nodes.
            place: Where they stand; by default the place within their set.
            batch: The set of each node, not decreasing.

        Raises:
            ValueError: Sizes do not fit.
        """
        check_features("SinusoidalEncoding", x, self.channels)
        place = places_of(
            "SinusoidalEncoding", x.shape[-2], self.dims, place, batch, x.device
        )
        return x + self.encode(place).to(x.dtype)

    def encode(self, place: Tensor) -> Float[Tensor, "*places channels"]:
        """Returns the encodings of places `[...]`, or `[..., dims]`, in float64."""
        axes = axes_of(place, self.dims)
        each = clocks(axes, self.channels // self.dims, self.base)
        return each.flatten(-2)

    def shift(self, *steps: int | float) -> Float[Tensor, "channels _"]:
        """Returns the rotation that moves any place's encoding by `steps`.

        Args:
            steps: How far; one number per axis.

        Raises:
            ValueError: There are more or fewer.
        """
        require(
            len(steps) == self.dims,
            "SinusoidalEncoding.shift",
            "there must be one number of steps per axis",
            {"steps": steps, "dims": self.dims},
        )
        axes = torch.tensor(steps, dtype=torch.float64)
        sines, cosines = self.encode(axes if self.dims > 1 else axes[0]).view(-1, 2).T
        turns = torch.stack([cosines, sines, -sines, cosines], -1).view(-1, 2, 2)
        return torch.block_diag(*turns)

    def extra_repr(self) -> str:
        """Returns the constructor's arguments."""
        return f"{self.channels}, dims={self.dims}, base={self.base:g}"


def clocks(place: Tensor, channels: int, base: float) -> Float[Tensor, "*places _"]:
    """Returns sine and cosine of places in turns, from the fastest to the slowest."""
    turned = angles(place, channels, base)
    return torch.stack([turned.sin(), turned.cos()], -1).flatten(-2)


def angles(place: Tensor, channels: int, base: float) -> Float[Tensor, "*places _"]:
    """Returns how far each of ``channels / 2`` clocks has turned, in radians.

    In double precision: in single, places beyond some thousands would lose the digits
    that tell neighbours apart.
    """
    steps = torch.arange(0, channels, 2, device=place.device, dtype=torch.float64)
    return place.double().unsqueeze(-1) * base ** (-steps / channels)


def check_even(caller: str, name: str, width: int, dims: int) -> None:
    """Checks that a width can be split into pairs, the same number for each axis."""
    require(
        dims >= 1 and width >= 1 and width % (2 * dims) == 0,
        caller,
        f"{name} must be a multiple of 2 * dims, for each axis takes pairs of them",
        {name: width, "dims": dims},
    )


def check_features(caller: str, x: Tensor, channels: int) -> None:
    """Checks the width of the nodes' features."""
    require(
        x.dim() >= 2 and x.shape[-1] == channels,
        caller,
        "x must have the shape [..., num_nodes, channels]",
        {"x": x, "channels": channels},
    )

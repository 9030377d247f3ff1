"""Rotary encoding: queries and keys are turned by their places."""

import torch
from jaxtyping import Float
from torch import Tensor

from graphattn.nn.position.base import Position
from graphattn.nn.position.places import axes_of
from graphattn.nn.position.sinusoidal import angles, check_even


class RotaryEncoding(Position):
    r"""Turns pairs of channels of queries and keys by angles that grow with place.

    .. math::
        (R_i q) \cdot (R_j k) = q \cdot R_{j - i} \, k

    so that scores depend on differences of places alone. Nothing is learned. With
    several axes, each turns its share of the channels, one axis after the other.

    Args:
        head_dim: Width of a head's queries and keys; a multiple of ``2 * dims``.
        dims: Number of axes: 1 for sequences, 2 for images.
        base: Sets the slowest turn.

    Raises:
        ValueError: `head_dim` is odd, or no multiple of ``2 * dims``.

    Source:
        Su et al. 2021, https://arxiv.org/abs/2104.09864.
    """

    def __init__(self, head_dim: int, *, dims: int = 1, base: float = 1e4) -> None:
        super().__init__(dims)
        check_even("RotaryEncoding", "head_dim", head_dim, dims)
        self.head_dim, self.base = head_dim, base

    def forward(
        self, rows: Float[Tensor, "*sets num_nodes heads head_dim"], place: Tensor
    ) -> Float[Tensor, "*sets num_nodes heads head_dim"]:
        """Returns queries or keys, turned.

        Args:
            rows: Queries or keys.
            place: Where the nodes stand, `[num_nodes]`, or `[num_nodes, dims]`.
        """
        axes = axes_of(place, self.dims)
        turn = angles(axes, self.head_dim // self.dims, self.base)
        turn = turn.flatten(-2).unsqueeze(-2)
        sine, cosine = turn.sin().to(rows.dtype), turn.cos().to(rows.dtype)
        even, odd = rows.unflatten(-1, (-1, 2)).unbind(-1)
        turned = [even * cosine - odd * sine, even * sine + odd * cosine]
        return torch.stack(turned, -1).flatten(-2)

    def turn(
        self, query: Tensor, key: Tensor, target_place: Tensor, source_place: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Returns turned queries and keys; see `Position.turn`."""
        return self(query, target_place), self(key, source_place)

    def extra_repr(self) -> str:
        """Returns the constructor's arguments."""
        return f"{self.head_dim}, dims={self.dims}, base={self.base:g}"

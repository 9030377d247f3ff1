"""Transformer-XL's relative score, as one dot product."""

import torch
from torch import Tensor, nn
from torch_geometric.nn.inits import glorot, zeros

from graphattn._errors import require
from graphattn.nn.position.base import Position
from graphattn.nn.position.sinusoidal import angles, check_even


class RelativeScore(Position):
    r"""Scores content and distance apart, each with a bias for all queries.

    .. math::
        s_{ij} = (q_i + u) \cdot k_j + (q_i + v) \cdot W r_{i - j}

    where :math:`r` is the sinusoidal encoding of a distance. As a shift of :math:`r`
    is a rotation, :math:`W^T (q_i + v)` turned by the place :math:`i` and the encoding
    of the place :math:`j` have the second term as their dot product. So queries and
    keys get `channels` more columns, and any attention by dot product takes them: no
    distance of a pair is ever looked up, and nothing grows with the number of pairs.

    Args:
        heads: Number of heads.
        head_dim: Width of a head's queries and keys.
        channels: Width of the encoding of distances, even; by default `head_dim`,
            rounded up.
        base: Sets the slowest clock of the encoding.

    Raises:
        ValueError: A size is less than 1, or `channels` is odd.

    Source:
        Dai et al. 2019, https://arxiv.org/abs/1901.02860.
    """

    def __init__(
        self,
        heads: int,
        head_dim: int,
        *,
        channels: int | None = None,
        base: float = 1e4,
    ) -> None:
        super().__init__()
        require(
            heads >= 1 and head_dim >= 1,
            "RelativeScore",
            "heads and head_dim must be at least 1",
            {"heads": heads, "head_dim": head_dim},
        )
        channels = head_dim + head_dim % 2 if channels is None else channels
        check_even("RelativeScore", "channels", channels, 1)
        self.heads, self.head_dim = heads, head_dim
        self.channels, self.base = channels, base
        self.content_bias = nn.Parameter(torch.empty(heads, head_dim))
        self.distance_bias = nn.Parameter(torch.empty(heads, head_dim))
        self.distance_weight = nn.Parameter(torch.empty(heads, head_dim, channels))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draws the projection of distances anew; both biases begin at zero."""
        glorot(self.distance_weight)
        zeros(self.content_bias)
        zeros(self.distance_bias)

    def turn(
        self, query: Tensor, key: Tensor, target_place: Tensor, source_place: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Returns wider queries and keys; see `Position.turn`."""
        weight = self.distance_weight.to(query.dtype)
        biased = query + self.distance_bias.to(query.dtype)
        asked = torch.einsum("...hc,hcd->...hd", biased, weight)
        of_sine, of_cosine = asked.unflatten(-1, (-1, 2)).unbind(-1)
        sine, cosine = self._clocks(target_place, query)
        # sin(i - j) and cos(i - j), as sums of products of i's and j's clocks.
        with_cosine = of_sine * sine + of_cosine * cosine
        with_sine = of_cosine * sine - of_sine * cosine
        content = query + self.content_bias.to(query.dtype)
        sine, cosine = self._clocks(source_place, key)
        seen = torch.cat([cosine, sine], -1).expand(*key.shape[:-1], -1)
        return (
            torch.cat([content, with_cosine, with_sine], -1),
            torch.cat([key, seen], -1),
        )

    def _clocks(self, place: Tensor, like: Tensor) -> tuple[Tensor, Tensor]:
        turned = angles(place, self.channels, self.base).unsqueeze(-2)
        return turned.sin().to(like.dtype), turned.cos().to(like.dtype)

    def extra_repr(self) -> str:
        """Returns the constructor's arguments."""
        return f"{self.heads}, {self.head_dim}, channels={self.channels}"

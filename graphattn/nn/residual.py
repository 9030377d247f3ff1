"""How a layer's result joins what went into it: residual sums, gates, norms."""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor, nn


class GatedResidual(nn.Module):
    r"""A learned mixture of a row and its update, one weight per row.

    .. math::
        y = \beta x + (1 - \beta) u, \quad
        \beta = \sigma(w \cdot [x, u, x - u])

    At first both weigh the same.

    Args:
        channels: Width of both.

    Source:
        Shi et al. 2021, https://arxiv.org/abs/2009.03509.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(3 * channels))

    def reset_parameters(self) -> None:
        """Makes both weigh the same."""
        nn.init.zeros_(self.weight)

    def forward(
        self,
        x: Float[Tensor, "*nodes channels"],
        update: Float[Tensor, "*nodes channels"],
    ) -> Float[Tensor, "*nodes channels"]:
        """Returns the mixture of `x` and `update`."""
        both = torch.cat([x, update, x - update], dim=-1)
        share = (both @ self.weight).sigmoid().unsqueeze(-1)
        return update + share * (x - update)


class ResidualBlock(nn.Module):
    """Layers one after the other, each around a residual sum with a norm.

    Args:
        channels: Width of the rows.
        dropout: Probability of dropping a channel before each sum.
        norm_first: Whether a layer reads normed rows; the sums are normed otherwise.

    Source:
        Xiong et al. 2020, https://arxiv.org/abs/2002.04745 (norm first or last).
    """

    def __init__(self, channels: int, dropout: float, norm_first: bool) -> None:
        super().__init__()
        self.channels = channels
        self.dropout = nn.Dropout(dropout)
        self.norm_first = norm_first

    def around(
        self,
        layer: Callable[[Tensor], Tensor],
        x: Tensor,
        norm: nn.LayerNorm,
        gate: GatedResidual | None = None,
    ) -> Tensor:
        """Returns `x` joined with what `layer` makes of it.

        Args:
            layer: Makes the update.
            x: `[..., channels]`.
            norm: Before the layer, or after the sum.
            gate: Mixes the two; None adds them.
        """
        update = self.dropout(layer(norm(x) if self.norm_first else x))
        out = x + update if gate is None else gate(x, update)
        return out if self.norm_first else norm(out)


def feed_forward(channels: int, expansion: int, dropout: float) -> nn.Sequential:
    """Returns a network of two layers that is applied to every row by itself.

    Args:
        channels: Width of the rows, in and out.
        expansion: Width between the layers, in units of `channels`.
        dropout: Probability of dropping a channel between the layers.
    """
    return nn.Sequential(
        nn.Linear(channels, expansion * channels),
        nn.GELU(),
        nn.Dropout(dropout),
        nn.Linear(expansion * channels, channels),
    )

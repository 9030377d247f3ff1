"""Feature maps whose products stand for attention's exponentials.

Rows are `[..., num_nodes, heads, head_dim]`. A map returns the logarithms of its
features, `[..., num_nodes, heads, num_features]`, which `LinearAttention` can scale so
that nothing overflows, and no sum of theirs vanishes.
"""

import math

import torch
from torch import Tensor, nn


class EluFeatures(nn.Module):
    r"""The kernel :math:`(\mathrm{elu}(q) + 1) \cdot (\mathrm{elu}(k) + 1)`.

    Source:
        Katharopoulos et al. 2020, https://arxiv.org/abs/2006.16236.
    """

    def __init__(self, head_dim: int, num_features: int) -> None:
        super().__init__()

    def redraw(self, seed: int | None = None) -> None:
        """Does nothing: nothing is drawn."""

    def forward(self, rows: Tensor) -> Tensor:
        """Returns the logarithm of one feature for each channel."""
        return rows.clamp_max(0) + rows.clamp_min(0).log1p()


class FavorFeatures(nn.Module):
    r"""Positive orthogonal random features: in expectation, softmax attention.

    .. math:: \phi(x)_r = \exp(w_r \cdot x - |x|^2 / 2), \quad
        E[\phi(q) \cdot \phi(k)] = \exp(q \cdot k)

    Args:
        head_dim: Width of queries and keys.
        num_features: Number of features; the error falls with its square root.

    Source:
        Choromanski et al. 2021, https://arxiv.org/abs/2009.14794.
    """

    directions: Tensor

    def __init__(self, head_dim: int, num_features: int) -> None:
        super().__init__()
        self.register_buffer("directions", torch.empty(num_features, head_dim))

    @torch.no_grad()
    def redraw(self, seed: int | None = None) -> None:
        """Draws the directions anew: orthogonal ones, as long as normal vectors are.

        Args:
            seed: Fixes them; by default PyTorch's generator draws.
        """
        number, width = self.directions.shape
        drawing = None if seed is None else torch.Generator().manual_seed(seed)
        shape = math.ceil(number / width), width, width
        blocks = torch.randn(shape, generator=drawing)
        rotations, upper = torch.linalg.qr(blocks)
        # Householder's method fixes signs; these make all directions equally likely.
        rotations = rotations * upper.diagonal(dim1=1, dim2=2).sign().unsqueeze(1)
        lengths = torch.randn(number, width, generator=drawing)
        lengths = lengths.norm(dim=1, keepdim=True)
        self.directions.copy_(rotations.flatten(0, 1)[:number] * lengths)

    def forward(self, rows: Tensor) -> Tensor:
        """Returns the logarithms of the features."""
        rows = rows * rows.shape[-1] ** -0.25
        return rows @ self.directions.T - rows.square().sum(-1, keepdim=True) / 2


FEATURES = {"elu": EluFeatures, "favor": FavorFeatures}

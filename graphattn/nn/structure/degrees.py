"""Degrees as node features."""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from graphattn._errors import require


class DegreeEncoder(nn.Module):
    """The sum of two learned vectors, one for the in-degree and one for the out-degree.

    Args:
        channels: Width of the output.
        max_degree: Larger degrees count as this one.

    Raises:
        ValueError: `max_degree` is negative.

    Source:
        Ying et al. 2021, https://arxiv.org/abs/2106.05234 (centrality encoding).
    """

    def __init__(self, channels: int, max_degree: int = 64) -> None:
        super().__init__()
        require(
            max_degree >= 0,
            "DegreeEncoder",
            "max_degree must not be negative",
            {"max_degree": max_degree},
        )
        self.max_degree = max_degree
        self.of_in = nn.Embedding(max_degree + 1, channels)
        self.of_out = nn.Embedding(max_degree + 1, channels)

    def forward(
        self, degrees: Int[Tensor, "num_nodes 2"]
    ) -> Float[Tensor, "num_nodes channels"]:
        """Returns one vector per node.

        Args:
            degrees: As `structure.in_out_degrees` returns them.
        """
        to, away = torch.clamp(degrees, max=self.max_degree).unbind(1)
        return self.of_in(to) + self.of_out(away)

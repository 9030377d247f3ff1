"""Attention among the pixels of feature maps, between convolutions."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from graphattn.adjacency import Adjacency
from graphattn.nn.attention import GraphAttention


class ImageAttention(nn.Module):
    r"""Adds to each pixel what it takes from others, at first nothing.

    .. math:: y = x + \gamma \, \mathrm{attention}(x), \quad \gamma = 0 \text{ at first}

    Args:
        channels: Of the feature maps, in and out.
        heads: Number of heads.

    Source:
        Zhang et al. 2019, https://arxiv.org/abs/1805.08318.
    """

    def __init__(self, channels: int, heads: int = 1) -> None:
        super().__init__()
        self.attention = GraphAttention(channels, channels, heads)
        self.share = nn.Parameter(torch.zeros(()))

    def forward(
        self,
        x: Float[Tensor, "num_images channels height width"],
        edge_index: Tensor | Adjacency | None = None,
    ) -> Float[Tensor, "num_images channels height width"]:
        """Returns new feature maps.

        Args:
            x: Feature maps.
            edge_index: Which pixel attends to which, row by row, the same in all
                images; None: every one to every one.
        """
        pixels = x.flatten(2).transpose(1, 2)
        found = self.attention(pixels, edge_index)
        return x + self.share * found.transpose(1, 2).unflatten(2, x.shape[2:])

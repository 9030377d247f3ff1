"""A convolution is attention on a grid: each head looks at one place of the kernel.

Run it: python examples/convolution_is_attention.py [picture.png]
"""

import sys
from pathlib import Path
from typing import Any

import torch
from matplotlib.figure import Figure
from torch import Tensor, nn
from torch.nn.functional import pad

from graphattn import datasets, patterns
from graphattn.nn import attention_from_conv2d, grid_places

SIDE = 8


def edges_of_strokes() -> nn.Conv2d:
    """Returns a convolution that finds where brightness changes from left to right."""
    convolution = nn.Conv2d(1, 1, 3, padding=1, bias=False)
    kernel = torch.tensor([[-1.0, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    convolution.weight.data.copy_(kernel)
    return convolution


def draw(panels: dict[str, Tensor], weights: Tensor) -> Figure:
    """Returns the images in a row, and below what each head attends to.

    Args:
        panels: Images by title.
        weights: `[neighbours, heads]` of a pixel inside the image.
    """
    figure = Figure(figsize=(9.6, 4.2), dpi=160, layout="constrained")
    rows: Any = figure.subfigures(2, 1, height_ratios=(2.4, 1))
    above, below = rows
    for axes, (title, image) in zip(
        above.subplots(1, len(panels)), panels.items(), strict=True
    ):
        most = max(float(image.abs().max()), 1e-9)
        shade = axes.imshow(image.numpy(), cmap="RdBu_r", vmin=-most, vmax=most)
        axes.set_title(title, fontsize=10)
        axes.set_axis_off()
        figure.colorbar(shade, ax=axes, shrink=0.7)
    below.suptitle("where each of the nine heads of a pixel looks", fontsize=10)
    for head, axes in enumerate(below.subplots(1, 9)):
        axes.imshow(weights[:, head].view(3, 3).numpy(), cmap="Greys", vmin=0, vmax=1)
        axes.set(xticks=[], yticks=[])
    return figure


@torch.no_grad()
def main(picture: str | None = None) -> float:
    """Returns the largest difference between the two; draws them where asked to.

    Args:
        picture: Where to save it.
    """
    digits: Any = datasets.load("digits")
    image = digits[0].x.view(1, SIDE, SIDE)
    convolution = edges_of_strokes()
    layer = attention_from_conv2d(convolution)

    # Zeros around the image, as the convolution has them, are nodes like others.
    wide = SIDE + 2
    grid, place = patterns.grid(wide, wide), grid_places(wide, wide)
    pixels = pad(image, (1, 1, 1, 1)).view(-1, 1)
    out, weights = layer(pixels, grid, place=place, return_attention_weights=True)
    attended = out.view(wide, wide)[1:-1, 1:-1]

    convolved = convolution(image)[0]
    difference = attended - convolved
    worst = float(difference.abs().max())
    print(f"{grid.num_edges} pairs of pixels; largest difference {worst:.1e}")
    if picture is not None:
        centre = grid.edge_index[1] == 4 * wide + 4
        panels = {
            "image": image[0],
            "Conv2d, 3 x 3": convolved,
            "GraphAttention, 9 heads": attended,
            "difference": difference,
        }
        draw(panels, weights[centre]).savefig(Path(picture))
    return worst


if __name__ == "__main__":
    main(*sys.argv[1:])

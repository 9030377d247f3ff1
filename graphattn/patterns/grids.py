"""Patterns of images: neighbourhoods of pixels, rows and columns.

Pixels are nodes row by row, images one after another.
"""

import torch
from torch import Tensor

from graphattn._errors import require
from graphattn.adjacency import Adjacency


def grid(
    height: int,
    width: int,
    size: int = 3,
    *,
    diagonal: bool = True,
    dilation: int = 1,
    wrap: bool = False,
    num_images: int = 1,
) -> Adjacency:
    """Every pixel attends to those around it, and to itself.

    A pixel's edges come in the order of a convolution's kernel: row by row of the
    neighbourhood, from the upper left.

    Args:
        height: Pixels in a column.
        width: Pixels in a row.
        size: Side of the square neighbourhood, odd: 3 has the eight neighbours.
        diagonal: Whether diagonal steps count; without them a neighbour is at most
            ``size // 2`` steps away along rows and columns (3: four neighbours).
        dilation: Pixels from one neighbour to the next, at least 1.
        wrap: Whether the image goes on at its opposite border; it ends there otherwise,
            and pixels at the border have fewer neighbours.
        num_images: How many images there are.

    Raises:
        ValueError: `size` is even, `dilation` is less than 1, or a number is negative.
    """
    _check("grid", height, width, num_images)
    require(
        size >= 1 and size % 2 == 1,
        "patterns.grid",
        "size is the side of a square around a pixel and must be odd",
        {"size": size},
    )
    require(
        dilation >= 1,
        "patterns.grid",
        "dilation must be at least 1, which leaves no gaps",
        {"dilation": dilation},
    )
    steps = torch.arange(size) - size // 2
    down, right = torch.cartesian_prod(steps, steps).T
    if not diagonal:
        near = down.abs() + right.abs() <= size // 2
        down, right = down[near], right[near]
    y = _rows(height, width).unsqueeze(1) + dilation * down
    x = _columns(height, width).unsqueeze(1) + dilation * right
    inside = torch.ones_like(x, dtype=torch.bool)
    if wrap:
        y, x = y % max(height, 1), x % max(width, 1)
    else:
        inside = (y >= 0) & (y < height) & (x >= 0) & (x < width)
    target, _ = inside.nonzero().T
    edges = torch.stack([(y * width + x)[inside], target])
    return _repeat(edges, height * width, num_images)


def axial(height: int, width: int, *, num_images: int = 1) -> Adjacency:
    """Every pixel attends to its row and its column, itself included.

    Args:
        height: Pixels in a column.
        width: Pixels in a row.
        num_images: How many images there are.

    Raises:
        ValueError: A number is negative.

    Source:
        Ho et al. 2019, https://arxiv.org/abs/1912.12180.
    """
    _check("axial", height, width, num_images)
    y = _rows(height, width).unsqueeze(1)
    x = _columns(height, width).unsqueeze(1)
    column = torch.arange(height).expand(height * width, height)
    others = column[column != y].view(height * width, max(height - 1, 0))
    source = torch.cat([y * width + torch.arange(width), others * width + x], dim=1)
    target = torch.arange(height * width).repeat_interleave(source.shape[1])
    return _repeat(torch.stack([source.flatten(), target]), height * width, num_images)


def _check(caller: str, height: int, width: int, num_images: int) -> None:
    require(
        height >= 0 and width >= 0 and num_images >= 0,
        f"patterns.{caller}",
        "height, width and num_images must not be negative",
        {"height": height, "width": width, "num_images": num_images},
    )


def _rows(height: int, width: int) -> Tensor:
    return torch.arange(height).repeat_interleave(width)


def _columns(height: int, width: int) -> Tensor:
    return torch.arange(width).repeat(height)


def _repeat(edges: Tensor, num_pixels: int, num_images: int) -> Adjacency:
    shift = num_pixels * torch.arange(num_images).view(-1, 1, 1)
    all_edges = (edges + shift).movedim(0, 1).flatten(1)
    return Adjacency.from_edge_index(all_edges, num_pixels * num_images)

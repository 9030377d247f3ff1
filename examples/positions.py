"""What positions look like: an encoding, a rotation, and biases of pairs.

Run it: python examples/positions.py positions.png
"""

import sys

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from graphattn import GraphAttention, patterns
from graphattn.nn import (
    ALiBi,
    RelativeBias,
    RotaryEncoding,
    SinusoidalEncoding,
    grid_places,
)


def show(
    figure: Figure, axes: Axes, matrix: Tensor, title: str, labels: tuple[str, str]
) -> None:
    """Draws a matrix as a heat map; colours are symmetric where it has two signs."""
    top = float(matrix.abs().max())
    signed = bool((matrix < 0).any() and (matrix > 0).any())
    image = axes.imshow(
        matrix.numpy(),
        cmap="RdBu_r" if signed else "viridis",
        vmin=-top if signed else None,
        vmax=top if signed else None,
        aspect="auto",
        interpolation="nearest",
    )
    axes.set_title(title, fontsize=10)
    axes.set_xlabel(labels[0])
    axes.set_ylabel(labels[1])
    figure.colorbar(image, ax=axes, shrink=0.85)


def draw(length: int, path: str) -> None:
    """Draws six ways in which places can be told apart."""
    figure = Figure(figsize=(13, 7.6), dpi=110, layout="constrained")
    panels = figure.subplots(2, 3).flat
    place, pair = torch.arange(length), ("source", "target")
    encoding = SinusoidalEncoding(64)
    rows = encoding.encode(place)
    title = "Sinusoidal encoding of each place"
    show(figure, panels[0], rows, title, ("channel", "place"))
    title = "Products of encodings: the difference alone counts"
    show(figure, panels[1], rows @ rows.T, title, pair)
    same = torch.ones(length, 1, 32, dtype=torch.float64)
    turned = RotaryEncoding(32)(same, place)[:, 0]
    title = "Rotary: products of one query and key, turned"
    show(figure, panels[2], turned @ turned.T, title, pair)
    buckets = RelativeBias(1, length // 2, buckets=16)
    of_pairs = buckets.bucket(place[None] - place[:, None])
    show(figure, panels[3], of_pairs, "Relative bias: which of 16 buckets", pair)
    alibi = ALiBi(8).matrix(place)
    show(figure, panels[4], alibi[2], "ALiBi: bias of the third of 8 heads", pair)
    height, width = 9, 13
    pixels = SinusoidalEncoding(64, dims=2).encode(grid_places(height, width))
    centre = pixels @ pixels[height // 2 * width + width // 2]
    title = "Two axes: the central pixel's products"
    show(figure, panels[5], centre.view(height, width), title, ("column", "row"))
    figure.savefig(path)


@torch.no_grad()
def main(path: str | None = None, length: int = 96) -> dict[str, float]:
    """Returns how far facts about positions are from holding exactly.

    Args:
        path: Where the picture goes; None draws none.
        length: Number of places in it.
    """
    torch.manual_seed(0)
    encoding, place = SinusoidalEncoding(64), torch.arange(length)
    moved = encoding.encode(place) @ encoding.shift(7).T
    far = {"a shift is a rotation": moved - encoding.encode(place + 7)}

    x, window = torch.randn(length, 32).double(), patterns.window(length, 5)
    plain = GraphAttention(32, 32, 4).double()
    order = torch.randperm(length)
    far["without places order is lost"] = plain(x[order]) - plain(x)[order]
    for position in (RotaryEncoding(8), RelativeBias(4, 16), ALiBi(4)):
        layer = GraphAttention(32, 32, 4, position=position).double()
        name = type(position).__name__
        far[f"{name}: differences alone count, in a window"] = layer(
            x, window, place=place
        ) - layer(x, window, place=place + 1000)
        far[f"{name}: all pairs as edges equal full attention"] = layer(
            x, patterns.full(length)
        ) - layer(x)
    found = {fact: float(error.abs().max()) for fact, error in far.items()}
    for fact, error in found.items():
        print(f"{fact:<58} up to {error:.0e}")
    if path is not None:
        draw(length, path)
    return found


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)

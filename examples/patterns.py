"""Patterns as matrices: the same attention weights under each, side by side.

Run it: python examples/patterns.py [patterns.png]
"""

import sys
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from graphattn import Adjacency, attention_weights, datasets, patterns

SIDE = 6


def all_patterns() -> dict[str, Adjacency]:
    """Returns patterns over 36 places, which some take for an image of 6 x 6."""
    length = SIDE * SIDE
    club: Any = datasets.load("karate")
    ring = torch.arange(length)
    ring = torch.stack([ring, ring.roll(-1)])
    return {
        "full": patterns.full(length),
        "causal": patterns.causal(length),
        "window": patterns.window(length, 3),
        "dilated window": patterns.window(length, 3, dilation=3),
        "causal window": patterns.window(length, 5, causal=True),
        "blocks": patterns.blocks(length, 9),
        "Longformer": patterns.longformer(length, 2, 2),
        "BigBird": patterns.bigbird(length, 2, 2, 3, seed=0),
        "random": patterns.random(length, 5, seed=0),
        "expander": patterns.expander(length, 4, seed=0),
        "grid, 3 x 3": patterns.grid(SIDE, SIDE, 3),
        "axial": patterns.axial(SIDE, SIDE),
        "ring, 2 hops": patterns.k_hop(ring, length, 2),
        "nearest in a plane": patterns.nearest(torch.rand(length, 2), 5),
        "karate club": Adjacency.from_edge_index(club.edge_index, 34),
        "karate club, virtual node": patterns.virtual_node(club.edge_index, 34),
    }


def matrix(adjacency: Adjacency, rows: Tensor) -> Tensor:
    """Returns the weights as `[targets, sources]`, not a number where none may be."""
    rows = rows[: adjacency.num_targets]
    weights = attention_weights(rows, rows, adjacency)[:, 0]
    source, target = adjacency.edge_index
    dense = torch.full((adjacency.num_targets, adjacency.num_sources), torch.nan)
    dense[target, source] = weights
    return dense


def main(path: Path | str | None = None) -> dict[str, Tensor]:
    """Returns each pattern's matrix of weights, and draws them.

    Args:
        path: Where the picture goes; none is drawn without.
    """
    torch.manual_seed(0)
    rows = torch.randn(SIDE * SIDE, 1, 8)
    found = {name: matrix(pattern, rows) for name, pattern in all_patterns().items()}
    for name, weights in found.items():
        share = float(weights.isfinite().float().mean())
        print(f"{name:<27} {share:5.0%} of the pairs")
    if path is not None:
        draw(found, path)
    return found


def draw(found: dict[str, Tensor], path: Path | str) -> None:
    """Draws the matrices: targets down, sources across, white where none may be."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(4, 4, figsize=(10, 10.6), layout="constrained")
    for axis, (name, weights) in zip(axes.flat, found.items(), strict=True):
        axis.imshow(weights.sqrt().numpy(), cmap="viridis", vmin=0, vmax=1)
        axis.set_title(name, fontsize=10)
        axis.set_xticks([])
        axis.set_yticks([])
    figure.savefig(path, dpi=110)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)

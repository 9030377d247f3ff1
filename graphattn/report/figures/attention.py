"""Learned attention on one graph, ready to be drawn."""

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from graphattn.compare.examine import Attention
from graphattn.report.scenes import Scene

STRONGEST = 50  # more lines than this are a cloud


@dataclass(frozen=True, eq=False)
class Drawing:
    """How much the nodes of one graph attend to each other under one structure.

    Attributes:
        structure: Its name.
        matrix: Row i: how much node i attends to each node; mean over layers and heads,
            so rows add up to 1 where all nodes are shown.
    """

    structure: str
    matrix: np.ndarray

    @classmethod
    def of(cls, structure: str, attention: Attention, scene: Scene) -> "Drawing":
        """Takes the attention between the nodes of a scene.

        Args:
            structure: Its name.
            attention: Of the scene's nodes.
            scene: What is shown.
        """
        mean = attention.weights.mean((0, 1))[:, scene.nodes]
        return cls(structure, mean.double().numpy())

    @property
    def received(self) -> np.ndarray:
        """How much attention each node gets, its own included; 1 on average."""
        return self.matrix.sum(0)

    def strongest(self) -> list[tuple[int, int, float]]:
        """Returns pairs with the mean weight of both ways, strongest last."""
        both = (self.matrix + self.matrix.T) / 2
        rows, columns = np.triu_indices(len(both), 1)
        weights = both[rows, columns]
        order = [k for k in weights.argsort()[-STRONGEST:] if weights[k] > 0]
        return [(int(rows[k]), int(columns[k]), float(weights[k])) for k in order]


def draw_pairs(
    axes: Axes,
    drawing: Drawing,
    places: np.ndarray,
    colour: str,
    *,
    width: float = 4.5,
) -> None:
    """Draws the strongest pairs as lines, thicker and darker where stronger.

    Args:
        axes: Where to draw.
        drawing: The attention.
        places: x and y of each node.
        colour: Of the lines.
        width: Of the strongest, in points.
    """
    pairs = drawing.strongest()
    if not pairs:
        return
    weights = np.array([weight for *_, weight in pairs])
    share = (weights - weights[0]) / max(weights[-1] - weights[0], 1e-9)
    lines = LineCollection(
        [[tuple(places[i]), tuple(places[j])] for i, j, _ in pairs],
        colors=colour,
        linewidths=width * (0.25 + 0.75 * share),
        alpha=0.22 + 0.6 * share,
        capstyle="round",
        zorder=2,
    )
    axes.add_collection(lines)


def caption(drawing: Drawing) -> str:
    """Returns what a line means: the range of weights that are drawn."""
    pairs = drawing.strongest()
    if not pairs:
        return "no pairs"
    low, high = pairs[0][2], pairs[-1][2]
    number = len(pairs)
    return f"{number} strongest pairs: weight {low:.3f} (thin) to {high:.3f} (thick)"

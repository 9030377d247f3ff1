"""Learned attention on one graph, ready to be drawn."""

from dataclasses import dataclass, replace

import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection

from graphattn import patterns
from graphattn.compare.graphs import collate
from graphattn.compare.structures import structure
from graphattn.compare.task import Task
from graphattn.models import Predictor

STRONGEST = 50  # more lines than this are a cloud


@dataclass(frozen=True, eq=False)
class Drawing:
    """How much the nodes of one graph attend to each other under one structure.

    Attributes:
        structure: Its name.
        matrix: Row i: how much node i attends to each node; mean over layers and heads,
            so rows add up to 1.
    """

    structure: str
    matrix: np.ndarray

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


@torch.no_grad()
def attention_on(model: Predictor, task: Task, name: str, graph: int) -> Drawing:
    """Returns the learned attention on one graph.

    Args:
        model: Trained on `task`, in evaluation mode.
        task: The data set.
        name: Of the structure; full attention goes through the list of all pairs, which
            is the only way to see its weights.
        graph: Position of the graph.
    """
    chosen = torch.tensor([graph])
    graphs = task.graphs
    if task.level == "node":
        graphs = replace(graphs, y=graphs.y[None])
    batch = collate(graphs, structure(name).pairs(graphs), chosen)
    size = len(batch.x)
    attend = patterns.full(size) if batch.attend is None else batch.attend
    weights = model.encoder.attention_weights(replace(batch, attend=attend))
    sources, targets = attend.edge_index
    matrix = np.zeros((size, size))
    mean = weights.mean((0, 2)).double().numpy()
    np.add.at(matrix, (targets.numpy(), sources.numpy()), mean)
    return Drawing(name, matrix)


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

"""Learned attention on a social network, or around one of its nodes."""

from collections.abc import Sequence

import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from graphattn.compare.task import Task
from graphattn.report.figures.attention import Drawing, caption, draw_pairs
from graphattn.report.figures.style import INK, colours, new_figure
from graphattn.report.scenes import Scene
from graphattn.report.scenes.network import edges_of, ties_among

_FACES = ("#ffffff", "#F0E442", "#56B4E9", "#CC79A7", "#b5b5b5", "#E69F00")
_SHAPES = ("o", "s", "^", "D", "v", "h")


def draw_network(
    task: Task, scene: Scene, drawings: Sequence[Drawing], title: str
) -> Figure:
    """Returns the network once per structure, a node large where much attention goes.

    Args:
        task: The network; its classes give the nodes' shape and colour.
        scene: Which nodes are shown, and where.
        drawings: One per structure.
        title: Of the picture.
    """
    size = int(task.graphs.sizes[scene.graph])
    ties = ties_among(edges_of(task, scene.graph), scene.nodes, size)
    places = scene.places * (1, -1)
    figure = new_figure(5.6 * len(drawings), 5.9)
    panels = figure.subplots(1, len(drawings), squeeze=False)[0]
    colour = colours([drawing.structure for drawing in drawings])
    for axes, drawing in zip(panels, drawings, strict=True):
        ends = [(tuple(places[i]), tuple(places[j])) for i, j in ties]
        lines = LineCollection(ends, colors="#d9d9d9", linewidths=0.8, zorder=1)
        axes.add_collection(lines)
        draw_pairs(axes, drawing, places, colour[drawing.structure])
        _nodes(axes, task, scene, drawing, places)
        axes.set_axis_off()
        axes.margins(0.07)
        axes.set_aspect("equal")
        axes.set_title(drawing.structure, fontsize=12, color=colour[drawing.structure])
        axes.text(
            0.5, -0.01, caption(drawing), transform=axes.transAxes, ha="center",
            va="top", fontsize=9, color=INK,
        )  # fmt: skip
    handles, labels = panels[0].get_legend_handles_labels()
    figure.legend(
        handles,
        labels,
        loc="outside lower center",
        ncols=4,
        frameon=False,
        fontsize=10,
        markerscale=0.6,
    )
    figure.suptitle(title, fontsize=12, color=INK, x=0.01, ha="left")
    return figure


def _nodes(
    axes, task: Task, scene: Scene, drawing: Drawing, places: np.ndarray
) -> None:
    whole = task.level == "graph"
    classes = np.zeros(len(places)) if whole else task.graphs.y[scene.nodes].numpy()
    sizes = 60 + 190 * np.sqrt(drawing.received)
    for number, name in enumerate(("node",) if whole else task.class_names):
        own = classes == number
        if own.any():
            axes.scatter(
                *places[own].T,
                s=sizes[own],
                marker=_SHAPES[number % len(_SHAPES)],
                color=_FACES[number % len(_FACES)],
                edgecolors=INK,
                linewidths=1.1,
                zorder=3,
                label=name,
            )
    if len(places) <= 40:
        for node, place in zip(scene.nodes.tolist(), places, strict=True):
            axes.text(*place, str(node), ha="center", va="center", fontsize=7, zorder=4)

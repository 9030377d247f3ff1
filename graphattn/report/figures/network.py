"""Learned attention on a social network."""

from collections.abc import Sequence

import networkx as nx
import numpy as np
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure

from graphattn.compare.task import Task
from graphattn.report.figures.attention import Drawing, caption, draw_pairs
from graphattn.report.figures.style import INK, colours, new_figure

LARGEST = 120  # nodes that still can be told apart
_FACES = ("#ffffff", "#F0E442", "#56B4E9", "#CC79A7", "#b5b5b5", "#E69F00")
_SHAPES = ("o", "s", "^", "D", "v", "h")


def draw_network(task: Task, drawings: Sequence[Drawing], title: str) -> Figure:
    """Returns the network once per structure, a node large where much attention goes.

    Args:
        task: The network; its classes give the nodes' shape and colour.
        drawings: One per structure.
        title: Of the picture.
    """
    edges = task.graphs.edges.index.T.numpy()
    places = _layout(len(task.graphs.x), edges)
    figure = new_figure(5.6 * len(drawings), 5.9)
    panels = figure.subplots(1, len(drawings), squeeze=False)[0]
    colour = colours([drawing.structure for drawing in drawings])
    for axes, drawing in zip(panels, drawings, strict=True):
        ties = [(places[i], places[j]) for i, j in edges if i < j]
        axes.add_collection(
            LineCollection(ties, colors="#d9d9d9", linewidths=0.8, zorder=1)
        )
        draw_pairs(axes, drawing, places, colour[drawing.structure])
        _nodes(axes, task, drawing, places)
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


def _nodes(axes, task: Task, drawing: Drawing, places: np.ndarray) -> None:
    labels = task.graphs.y.numpy()
    sizes = 60 + 190 * np.sqrt(drawing.received)
    for number, name in enumerate(task.class_names):
        own = labels == number
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
        for node, place in enumerate(places):
            axes.text(*place, str(node), ha="center", va="center", fontsize=7, zorder=4)


def _layout(num_nodes: int, edges: np.ndarray) -> np.ndarray:
    network = nx.Graph()
    network.add_nodes_from(range(num_nodes))
    network.add_edges_from(edges.tolist())
    found = nx.kamada_kawai_layout(network)
    places = np.array([found[node] for node in range(num_nodes)])
    return _apart(places, 1.1 / np.sqrt(num_nodes))


def _apart(places: np.ndarray, distance: float, steps: int = 200) -> np.ndarray:
    # Nodes that lie on each other are pushed apart, a little at a time.
    for _ in range(steps):
        gap = places[:, None] - places[None]
        length = np.linalg.norm(gap, axis=2) + np.eye(len(places))
        push = np.clip(distance - length, 0, None) * (1 - np.eye(len(places)))
        places = places + 0.25 * (gap / length[..., None] * push[..., None]).sum(1)
    return places

"""A network, or the surroundings of one of its nodes."""

import networkx as nx
import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from graphattn.compare.task import Task
from graphattn.report.scenes.neighbourhood import neighbourhood
from graphattn.report.scenes.scene import LARGEST, Scene

_AROUND = 60  # nodes
_SIDE, _MARGIN = 620.0, 26.0
_SHAPES = 6


def network_scene(task: Task, graph: int = 0, centre: int | None = None) -> Scene:
    """Returns the network, or what surrounds a node.

    Args:
        task: The data set.
        graph: Position of the graph; a single network is number 0.
        centre: The node in the middle; None shows the whole.
    """
    first, end = task.graphs.ptr[graph : graph + 2].tolist()
    edges = edges_of(task, graph)
    nodes = torch.arange(end - first)
    if centre is not None:
        nodes = neighbourhood(edges, end - first, centre, _AROUND)
    ties = ties_among(edges, nodes, end - first)
    unit = layout(len(nodes), ties)
    across = np.ptp(unit, axis=0).max() or 1.0
    places = _MARGIN + (unit - unit.min(0)) / across * (_SIDE - 2 * _MARGIN)
    width, height = places.max(0) + _MARGIN
    classes = (
        task.graphs.y[nodes].clamp(min=0).tolist()
        if task.level == "node"
        else [0] * len(nodes)
    )
    return Scene(
        kind="network",
        graph=graph,
        item=centre if task.level == "node" else graph,
        nodes=nodes,
        names=tuple(_name(task, k) for k in nodes.tolist()),
        places=places,
        sizes=np.full((len(nodes), 2), 22.0 if len(nodes) <= 40 else 15.0),
        width=float(width),
        height=float(height),
        backdrop=_lines(places, ties) + _shapes(places, classes),
    )


def edges_of(task: Task, graph: int) -> Int[Tensor, "2 num_edges"]:
    """Returns the edges of one graph, between positions in it.

    Args:
        task: The data set.
        graph: Position of the graph.
    """
    first, end = task.graphs.edges.ptr[graph : graph + 2].tolist()
    return task.graphs.edges.index[:, first:end] - int(task.graphs.ptr[graph])


def _name(task: Task, node: int) -> str:
    if task.level == "graph":
        return f"node {node}"
    name = task.node_names[node] if task.node_names else str(node)
    label = int(task.graphs.y[node])
    return f"{name} ({task.class_names[label] if label >= 0 else '?'})"


def fits(task: Task) -> bool:
    """Returns whether the whole network can be drawn."""
    return len(task.graphs.x) <= LARGEST


def ties_among(
    edge_index: Int[Tensor, "2 num_edges"], nodes: Int[Tensor, " shown"], size: int
) -> Int[np.ndarray, "num_ties 2"]:
    """Returns the ties between some nodes, each once, as positions among them.

    Args:
        edge_index: All edges.
        nodes: Those that are shown.
        size: Number of nodes of the network.
    """
    place = torch.full((size,), -1)
    place[nodes] = torch.arange(len(nodes))
    inside = place[edge_index]
    inside = inside[:, (inside >= 0).all(0)].sort(0).values
    return inside[:, inside[0] < inside[1]].unique(dim=1).T.numpy()


def layout(
    num_nodes: int, ties: Int[np.ndarray, "num_ties 2"]
) -> Float[np.ndarray, "num_nodes 2"]:
    """Returns places at which ties are short and no two nodes lie on each other.

    Args:
        num_nodes: Number of nodes.
        ties: Their ends.

    Source:
        Kamada and Kawai 1989, https://doi.org/10.1016/0020-0190(89)90102-6.
    """
    network = nx.Graph()
    network.add_nodes_from(range(num_nodes))
    network.add_edges_from(ties.tolist())
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


def _lines(places: np.ndarray, ties: np.ndarray) -> str:
    path = "".join(
        f"M{places[i][0]:.1f} {places[i][1]:.1f}L{places[j][0]:.1f} {places[j][1]:.1f}"
        for i, j in ties
    )
    return f'<path class="tie" d="{path}"/>'


def _shapes(places: np.ndarray, classes: list[int]) -> str:
    return "".join(
        f'<use href="#node-{label % _SHAPES}" class="c{label % _SHAPES}" '
        f'x="{x:.1f}" y="{y:.1f}"/>'
        for (x, y), label in zip(places, classes, strict=True)
    )

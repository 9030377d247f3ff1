"""Where the members of a club stand, told by the network alone.

Run it: python examples/structure.py

No features and no labels go in: the first eigenvector of the Laplacian already tells
who joined which club (circles and squares).
"""

from pathlib import Path
from typing import Any

import networkx
import torch
from matplotlib.figure import Figure

from graphattn import datasets, patterns, structure

COLOURS = "coolwarm"


def draw(club: Any, columns: dict[str, torch.Tensor], distance: torch.Tensor) -> Figure:
    """Draws one network for each column of numbers, and the matrix of distances."""
    graph = networkx.Graph(club.edge_index.T.tolist())
    place = networkx.spring_layout(graph, seed=3)
    figure = Figure(figsize=(4 * len(columns) + 4, 4), layout="constrained")
    *networks, matrix = figure.subplots(1, len(columns) + 1)
    for axes, (title, values) in zip(networks, columns.items(), strict=True):
        top = float(values.abs().max())
        low = -top if bool((values < 0).any()) else 0.0
        networkx.draw_networkx_edges(graph, place, ax=axes, edge_color="0.8")
        for side, shape in enumerate("os"):
            members = (club.y == side).nonzero().flatten().tolist()
            networkx.draw_networkx_nodes(
                graph,
                place,
                nodelist=members,
                node_color=values[members].tolist(),
                node_shape=shape,
                node_size=90,
                edgecolors="0.3",
                cmap=COLOURS if low else "viridis",
                vmin=low,
                vmax=top,
                ax=axes,
            )
        axes.set_title(title)
        axes.set_axis_off()
    shown = matrix.imshow(distance.numpy(), cmap="viridis_r")
    matrix.set_title("shortest distances, sorted\nby the first eigenvector")
    matrix.set(xlabel="members", ylabel="members")
    figure.colorbar(shown, ax=matrix, shrink=0.7, ticks=range(int(distance.max()) + 1))
    return figure


def main(path: Path | str = "structure.png") -> float:
    """Draws the picture; returns the share of members whose club the sign tells."""
    club: Any = datasets.load("karate")
    edges, num_nodes = club.edge_index, club.num_nodes
    _, vectors = structure.laplacian_eigenvectors(edges, num_nodes, 2)
    returns = structure.return_probabilities(edges, num_nodes, 8)
    everyone = patterns.full(num_nodes)
    distance = structure.shortest_distances(edges, num_nodes, everyone)

    right = ((vectors[:, 0] > 0) == (club.y == 1)).double().mean()
    right = max(float(right), 1 - float(right))  # which side is positive is arbitrary
    print(f"the sign of the first eigenvector tells the club of {right:.0%}")

    order = vectors[:, 0].argsort()
    columns = {
        "first eigenvector": vectors[:, 0],
        "second eigenvector": vectors[:, 1],
        "back after 3 steps": returns[:, 2],
    }
    square = distance.view(num_nodes, num_nodes)[order][:, order]
    draw(club, columns, square).savefig(path, dpi=90)
    return right


if __name__ == "__main__":
    main()

"""A picture of what models attend to on one molecule, or around one node."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure
from torch import Tensor

from graphattn._errors import require
from graphattn.compare.folder import write_atomically
from graphattn.compare.task import Task
from graphattn.report.figures import Drawing, draw_molecule, draw_network
from graphattn.report.scenes.network import network_scene

_ENDINGS = ("png", "svg", "pdf")


def draw_explained(
    task: Task, weights: Mapping[str, Float[Tensor, "rows nodes"]], node: int | None
) -> Figure:
    """Returns a molecule, or the surroundings of a node, once per structure.

    Args:
        task: The molecule is its first; or the network.
        weights: By structure: of all atoms, or of the node alone.
        node: Of a network; None draws a molecule.
    """
    if node is None:
        smiles = task.smiles[0]
        drawings = [Drawing(k, w.double().numpy()) for k, w in weights.items()]
        title = f"learned attention on {smiles}"
        return draw_molecule(smiles, drawings, title, numbered=True)
    scene = network_scene(task, 0, node)
    centre = scene.nodes.tolist().index(node)
    drawings = []
    for name, own in weights.items():
        # Its weights on both sides, for a line has the mean of both ways.
        matrix = np.zeros((len(scene.nodes), len(scene.nodes)))
        matrix[centre] = matrix[:, centre] = own[0, scene.nodes].double().numpy()
        drawings.append(Drawing(name, matrix))
    title = f"learned attention of node {task.node_names[node]}"
    return draw_network(task, scene, drawings, f"{title} (grey: ties)")


def check_picture(file: Path) -> None:
    """Tries the name of a picture before any work is done.

    Args:
        file: Where the picture will go.

    Raises:
        ValueError: Pictures are not of that kind.
    """
    ending = file.suffix.removeprefix(".").lower()
    rule = f"the name of a picture must end in one of {', '.join(_ENDINGS)}"
    require(ending in _ENDINGS, "explain", rule, {"picture": str(file)})


def write_picture(file: Path, figure: Figure) -> None:
    """Writes a picture, whole or not at all, as its name says.

    Args:
        file: Where to.
        figure: The picture.
    """
    ending = file.suffix.removeprefix(".").lower()
    write_atomically(file, lambda path: figure.savefig(path, format=ending))

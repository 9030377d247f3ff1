"""A molecule as its structural formula."""

import re

import numpy as np
import torch
from rdkit import Chem
from rdkit.Chem import rdDepictor
from rdkit.Chem.Draw import rdMolDraw2D

from graphattn.compare.task import Task
from graphattn.report.scenes.scene import Scene

_BOND = 34.0  # pixels
_REACH = 24.0  # around an atom


def molecule_scene(task: Task, graph: int) -> Scene:
    """Returns the formula, whose lines take the colour of the text around.

    Args:
        task: The data set.
        graph: Position of the molecule.
    """
    molecule = Chem.MolFromSmiles(task.smiles[graph])
    rdDepictor.SetPreferCoordGen(True)
    rdDepictor.Compute2DCoords(molecule)
    drawer = rdMolDraw2D.MolDraw2DSVG(-1, -1)
    options = drawer.drawOptions()
    options.clearBackground = False
    options.scalingFactor = _BOND / 1.5  # pixels per Å of the depiction's bonds
    options.bondLineWidth = 1.6
    options.padding = 0.08
    options.useBWAtomPalette()
    drawer.DrawMolecule(molecule)
    drawer.FinishDrawing()
    points = [drawer.GetDrawCoords(k) for k in range(molecule.GetNumAtoms())]
    names = [f"{a.GetSymbol()} {a.GetIdx()}" for a in molecule.GetAtoms()]
    return Scene(
        kind="molecule",
        graph=graph,
        item=graph,
        nodes=torch.arange(len(points)),
        names=tuple(names),
        places=np.array([(point.x, point.y) for point in points]),
        sizes=np.full((len(points), 2), _REACH),
        width=float(drawer.Width()),
        height=float(drawer.Height()),
        backdrop=_inner(drawer.GetDrawingText()),
    )


def _inner(svg: str) -> str:
    inside = svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")]
    inside = re.sub(r"<!--.*?-->|<rect[^>]*>\s*</rect>| class='[^']*'", "", inside)
    return inside.replace("#000000", "currentColor").strip()

"""Learned attention on a molecule."""

import io
from collections.abc import Sequence

import matplotlib.image
import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from rdkit import Chem
from rdkit.Chem import rdDepictor
from rdkit.Chem.Draw import rdMolDraw2D

from graphattn.report.figures.attention import STRONGEST, Drawing, caption, draw_pairs
from graphattn.report.figures.style import INK, colours, new_figure

_WIDTH, _HEIGHT = 1200, 900
_MARGIN = 55  # pixels around the outermost atoms


def draw_molecule(
    smiles: str, drawings: Sequence[Drawing], title: str, *, numbered: bool = False
) -> Figure:
    """Returns the molecule once per structure, with its attention behind the bonds.

    Args:
        smiles: The molecule, whose atoms are the nodes in this order.
        drawings: One per structure.
        title: Of the picture.
        numbered: Whether atoms show their place in the SMILES, from 1.
    """
    picture, places = _skeleton(smiles, numbered)
    low, high = places.min(0) - _MARGIN, places.max(0) + _MARGIN
    tall = (high - low)[1] / (high - low)[0]
    figure = new_figure(5.4 * len(drawings) + 1, 1.2 + 5.2 * float(tall))
    panels = figure.subplots(1, len(drawings), squeeze=False)[0]
    colour = colours([drawing.structure for drawing in drawings])
    most = max(float(drawing.received.max()) for drawing in drawings)
    scale = ScalarMappable(Normalize(0, 1.7 * most), "Greys")
    for axes, drawing in zip(panels, drawings, strict=True):
        tint = colour[drawing.structure]
        along_bonds = len(drawing.strongest()) < STRONGEST
        draw_pairs(axes, drawing, places, tint, width=11 if along_bonds else 5)
        axes.scatter(
            *places.T,
            c=drawing.received,
            s=420,
            cmap=scale.cmap,
            norm=scale.norm,
            linewidths=0,
            zorder=1,
        )
        axes.imshow(picture, extent=(0, _WIDTH, _HEIGHT, 0), zorder=4)
        axes.set_xlim(low[0], high[0])
        axes.set_ylim(high[1], low[1])
        axes.set_axis_off()
        axes.set_title(drawing.structure, fontsize=12, color=tint)
        axes.text(
            0.5, -0.02, caption(drawing), transform=axes.transAxes, ha="center",
            va="top", fontsize=9, color=INK,
        )  # fmt: skip
    bar = figure.colorbar(
        scale, ax=list(panels), shrink=0.8, aspect=24, pad=0.01,
        ticks=MaxNLocator(4), location="right",
    )  # fmt: skip
    bar.set_label("attention an atom receives (1 = average)", fontsize=9)
    figure.suptitle(title, fontsize=12, color=INK, x=0.01, ha="left")
    return figure


def _skeleton(smiles: str, numbered: bool) -> tuple[np.ndarray, np.ndarray]:
    molecule = Chem.MolFromSmiles(smiles)
    for atom in molecule.GetAtoms() if numbered else ():
        atom.SetProp("atomNote", str(atom.GetIdx() + 1))
    rdDepictor.SetPreferCoordGen(True)
    rdDepictor.Compute2DCoords(molecule)
    drawer = rdMolDraw2D.MolDraw2DCairo(_WIDTH, _HEIGHT)
    options = drawer.drawOptions()
    options.clearBackground = False
    options.bondLineWidth = 3
    options.padding = 0.06
    options.useBWAtomPalette()
    drawer.DrawMolecule(molecule)
    drawer.FinishDrawing()
    picture = matplotlib.image.imread(io.BytesIO(drawer.GetDrawingText()))
    points = [drawer.GetDrawCoords(k) for k in range(molecule.GetNumAtoms())]
    return picture, np.array([(point.x, point.y) for point in points])

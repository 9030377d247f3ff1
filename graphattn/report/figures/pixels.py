"""Learned attention on an image."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Int
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from graphattn.report.figures.attention import Drawing
from graphattn.report.figures.style import INK, colours, new_figure


def draw_pixels(
    values: Float[np.ndarray, " pixels"],
    grid: Int[np.ndarray, "pixels 2"],
    drawings: Sequence[Drawing],
    title: str,
) -> Figure:
    """Returns the image, and how much attention each pixel receives per structure.

    Args:
        values: How bright each pixel is.
        grid: Its column and row.
        drawings: One per structure.
        title: Of the picture.
    """
    figure = new_figure(3.1 * (1 + len(drawings)) + 1, 3.8)
    panels = figure.subplots(1, 1 + len(drawings))
    colour = colours([drawing.structure for drawing in drawings])
    most = max(float(drawing.received.max()) for drawing in drawings)
    scale = ScalarMappable(Normalize(0, most), "Greys")
    panels[0].imshow(_picture(values, grid), cmap="Greys_r")
    panels[0].set_title("image", fontsize=12, color=INK)
    for axes, drawing in zip(panels[1:], drawings, strict=True):
        picture = _picture(drawing.received, grid)
        axes.imshow(picture, cmap=scale.cmap, norm=scale.norm)
        axes.set_title(drawing.structure, fontsize=12, color=colour[drawing.structure])
    for axes in panels:
        axes.set_xticks([])
        axes.set_yticks([])
    bar = figure.colorbar(scale, ax=list(panels), shrink=0.8, aspect=24, pad=0.01)
    bar.set_label("attention a pixel receives (1 = average)", fontsize=9)
    figure.suptitle(title, fontsize=12, color=INK, x=0.01, ha="left")
    return figure


def _picture(values: np.ndarray, grid: np.ndarray) -> np.ndarray:
    columns, rows = (grid - grid.min(0)).T
    picture = np.full((rows.max() + 1, columns.max() + 1), np.nan)
    picture[rows, columns] = values
    return picture

"""Learned attention between the tokens of a sequence."""

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.colors import Colormap, Normalize
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from graphattn.report.figures.attention import Drawing
from graphattn.report.figures.style import INK, colours, new_figure

_LABELLED = 40  # tokens that still can be read beside a matrix


def draw_tokens(
    words: Sequence[str], drawings: Sequence[Drawing], title: str
) -> Figure:
    """Returns who attends to whom as a matrix per structure, with the tokens beside.

    Args:
        words: The tokens.
        drawings: One per structure.
        title: Of the picture.
    """
    side = 1.9 + 0.17 * min(len(words), _LABELLED)
    figure = new_figure((side + 0.6) * len(drawings), side + 0.9)
    panels = figure.subplots(1, len(drawings), squeeze=False, sharey=True)[0]
    colour = colours([drawing.structure for drawing in drawings])
    for axes, drawing in zip(panels, drawings, strict=True):
        image = draw_matrix(axes, words, drawing, colour[drawing.structure])
        figure.colorbar(image, ax=axes, shrink=0.7, label="weight, mean over all heads")
    panels[0].set_ylabel("attends", fontsize=9)
    figure.suptitle(title, fontsize=12, color=INK, x=0.01, ha="left")
    return figure


def draw_matrix(
    axes: Axes,
    words: Sequence[str],
    drawing: Drawing,
    colour: str,
    *,
    cmap: Colormap | str = "Greys",
    norm: Normalize | None = None,
) -> AxesImage:
    """Draws one matrix: who attends goes down, who is attended to across.

    Args:
        axes: Where to draw.
        words: The tokens.
        drawing: The attention.
        colour: Of the title, which names the structure.
        cmap: The colours of weights.
        norm: Where weights lie among the colours; None spreads them from zero on.
    """
    norm = Normalize(0) if norm is None else norm
    image = axes.imshow(drawing.matrix, cmap=cmap, norm=norm)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0, labelsize=8, colors=INK)
    if len(words) <= _LABELLED:
        axes.set_xticks(range(len(words)), words, rotation=90)
        axes.set_yticks(range(len(words)), words)
    axes.set_xlabel("is attended to", fontsize=9)
    axes.set_title(drawing.structure, fontsize=12, color=colour)
    return image

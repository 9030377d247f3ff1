"""Colours and axes that all pictures share."""

from collections.abc import Sequence
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure

INK = "#222222"
QUIET = "#8a8a8a"
DPI = 160

# Okabe and Ito 2008: told apart under the common colour-vision deficiencies.
_FIXED = {"edges": "#0072B2", "full": "#D55E00", "2-hop": "#009E73"}
_OTHERS = ("#CC79A7", "#E69F00", "#56B4E9", "#000000")
_MARKERS = ("o", "s", "D", "^", "v", "P", "X")


def colours(structures: Sequence[str]) -> dict[str, str]:
    """Returns a colour per structure; the usual ones have theirs in every picture."""
    rest = [name for name in structures if name not in _FIXED]
    drawn = {name: _OTHERS[k % len(_OTHERS)] for k, name in enumerate(rest)}
    return {name: _FIXED.get(name) or drawn[name] for name in structures}


def markers(structures: Sequence[str]) -> dict[str, str]:
    """Returns a marker per structure, so that colour is never the only sign."""
    return {name: _MARKERS[k % len(_MARKERS)] for k, name in enumerate(structures)}


def new_figure(width: float, height: float) -> Figure:
    """Returns an empty figure, in inches, that arranges itself without overlap."""
    return Figure(figsize=(width, height), dpi=DPI, layout="constrained")


def plain(axes: Axes, *, grid: Literal["x", "y"] = "x") -> None:
    """Removes what is no data from the axes.

    Args:
        axes: What to tidy.
        grid: Along which axis faint lines are drawn.
    """
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(QUIET)
    axes.tick_params(colors=INK, labelsize=9, length=3)
    axes.grid(axis=grid, color="#e6e6e6", linewidth=0.8)
    axes.set_axisbelow(True)

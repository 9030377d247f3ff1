"""Colours and axes that all pictures share."""

from collections.abc import Sequence

from matplotlib.figure import Figure

from graphattn.report.palette import LIGHT, series

INK = "#222222"
DPI = 160


def colours(structures: Sequence[str]) -> dict[str, str]:
    """Returns a colour per structure, that of the page by day."""
    return {name: LIGHT[f"s{number}"] for name, number in series(structures).items()}


def new_figure(width: float, height: float) -> Figure:
    """Returns an empty figure, in inches, that arranges itself without overlap."""
    return Figure(figsize=(width, height), dpi=DPI, layout="constrained")

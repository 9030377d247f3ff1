"""The charts of the page, drawn by matplotlib for a paper."""

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon

from graphattn.report.charts import Chart
from graphattn.report.figures.style import DPI
from graphattn.report.palette import LIGHT

_PIXEL = 1 / 72  # inches: a chart's pixel is a point, so its texts keep their size
_ABOVE = 44.0  # pixels for title and legend
_MARKERS = ("o", "s", "D", "^", "v", "P", "p")
_LINES: dict[str, dict[str, Any]] = {
    "hair": {"linewidth": 0.8, "alpha": 0.3},
    "zero": {"linewidth": 1.0},
    "front": {"linewidth": 1.0, "linestyle": (0, (2, 4))},
    "line": {"linewidth": 1.8},
    "dashed": {"linestyle": (0, (4, 2.5))},
    "dotted": {"linestyle": (0, (1, 2))},
    "bar": {"linewidth": 2.4, "solid_capstyle": "round"},
    "thin": {"linewidth": 1.3},
}
_DOTS: dict[str, dict[str, Any]] = {
    "faint": {"alpha": 0.55},
    "large": {"markersize": 7},
    "small": {"markersize": 3.5, "alpha": 0.4},
}
_ANCHORS = {"middle": (0, "center"), "right": (8, "left"), "left": (-8, "right")}


def draw_charts(charts: Sequence[Chart]) -> Figure:
    """Returns charts side by side, point for point as the page shows them.

    Args:
        charts: One at least.
    """
    width = sum(chart.width for chart in charts)
    height = max(chart.height for chart in charts) + _ABOVE
    figure = Figure(figsize=(width * _PIXEL, height * _PIXEL), dpi=DPI)
    begin = 0.0
    for chart in charts:
        share = chart.width / width
        axes = figure.add_axes((begin / width, 0, share, 1))
        axes.set_xlim(0, chart.width)
        axes.set_ylim(height - _ABOVE, -_ABOVE)
        axes.set_axis_off()
        _draw(axes, chart)
        begin += chart.width
    return figure


def _draw(axes: Axes, chart: Chart) -> None:
    axes.text(0, -30, chart.title, fontsize=11, weight="bold", color=LIGHT["ink"])
    _axes(axes, chart)
    for path in chart.paths:
        colour = _colour(path.css)
        if path.closed:
            area = Polygon(path.corners, color=colour, alpha=0.13, linewidth=0)
            axes.add_patch(area)
        else:
            x, y = zip(*path.corners, strict=True)
            axes.plot(x, y, color=colour, **_style(_LINES, path.css))
    for dot in chart.dots:
        look = {"markersize": 5.5, "markeredgewidth": 0, **_style(_DOTS, dot.css)}
        marker, colour = _MARKERS[dot.series], LIGHT[f"s{dot.series}"]
        axes.plot(dot.x, dot.y, marker, color=colour, **look)
    for label in chart.labels:
        colour = _colour(label.css)
        anchor = next((w for w in label.css.split() if w in _ANCHORS), "right")
        shift, side = _ANCHORS[anchor]
        axes.text(
            label.x + shift, label.y, label.text, ha=side, fontsize=9, color=colour
        )
    _legend(axes, chart)


def _axes(axes: Axes, chart: Chart) -> None:
    left, top, right, bottom = chart.box
    quiet: dict[str, Any] = {"fontsize": 9, "color": LIGHT["quiet"]}
    grid = {"color": LIGHT["line"], "linewidth": 0.8, "zorder": 0}
    for value, text in chart.x.ticks:
        x, _ = chart.at(value, chart.y.low)
        axes.plot((x, x), (top, bottom), **grid)
        axes.text(x, bottom + 16, text, ha="center", **quiet)
    for value, text in chart.y.ticks:
        _, y = chart.at(chart.x.low, value)
        if chart.y.label:
            axes.plot((left, right), (y, y), **grid)
        axes.text(left - 8, y, text, ha="right", va="center", **quiet)
    axes.text((left + right) / 2, bottom + 35, chart.x.label, ha="center", **quiet)
    middle = (top + bottom) / 2
    axes.text(13, middle, chart.y.label, rotation=90, ha="center", va="center", **quiet)


def _legend(axes: Axes, chart: Chart) -> None:
    lines = [
        Line2D([], [], color=LIGHT[f"s{own}"], label=name, **_style(_LINES, css))
        for name, own, css in chart.legend
    ]
    if lines:
        axes.legend(
            handles=lines,
            loc="upper left",
            bbox_to_anchor=(0, -24),
            bbox_transform=axes.transData,
            ncols=len(lines),
            frameon=False,
            fontsize=9,
            borderpad=0,
            columnspacing=1.2,
            handlelength=1.6,
        )


def _colour(css: str) -> str:
    series = [word for word in css.split() if word[0] == "s" and word in LIGHT]
    return LIGHT[series[0]] if series else LIGHT["quiet"]


def _style(known: dict[str, dict[str, Any]], css: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for word in css.split():
        found |= known.get(word, {})
    return found

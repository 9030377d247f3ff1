"""The metric of every structure, seed by seed, and the differences."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from graphattn.compare.summary import Comparison
from graphattn.report.figures.style import (
    INK,
    QUIET,
    colours,
    markers,
    new_figure,
    plain,
)


def draw_metric(comparison: Comparison) -> Figure:
    """Returns two panels: every seed's metric; the paired differences with intervals.

    Args:
        comparison: One data set.
    """
    rows = comparison.rows
    figure = new_figure(8.6, 1.9 + 0.42 * len(rows))
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=(1.15, 1))
    _scores(left, comparison)
    _differences(right, comparison)
    names = [row.structure for row in rows]
    left.set_yticks(range(len(rows)), names, fontsize=11)
    left.set_ylim(len(rows) - 0.5, -0.6)
    better = "lower" if comparison.lower_is_better else "higher"
    figure.suptitle(
        f"{comparison.data}: {comparison.metric} of the test part, {better} is better",
        fontsize=12,
        color=INK,
        x=0.01,
        ha="left",
    )
    return figure


def _scores(axes: Axes, comparison: Comparison) -> None:
    rows = comparison.rows
    names = [row.structure for row in rows]
    colour, marker = colours(names), markers(names)
    seeds = len(comparison.seeds)
    aside = [0.3 * (k / (seeds - 1) - 0.5) if seeds > 1 else 0 for k in range(seeds)]
    for k, of_seed in enumerate(zip(*(row.scores for row in rows), strict=True)):
        heights = [place + aside[k] for place in range(len(rows))]
        axes.plot(of_seed, heights, color="#d4d4d4", linewidth=0.8, zorder=1)
    for place, row in enumerate(rows):
        axes.scatter(
            row.scores,
            [place + shift for shift in aside],
            s=26,
            color=colour[row.structure],
            marker=marker[row.structure],
            alpha=0.65,
            linewidths=0,
            zorder=3,
        )
        axes.plot(
            [row.mean] * 2,
            [place - 0.26, place + 0.26],
            color=colour[row.structure],
            linewidth=2.6,
            solid_capstyle="round",
            zorder=4,
        )
    axes.set_xlabel(f"{axis_label(comparison)}\nbar: mean; line: one seed", fontsize=9)
    plain(axes)


def _differences(axes: Axes, comparison: Comparison) -> None:
    rows = comparison.rows
    names = [row.structure for row in rows]
    colour, marker = colours(names), markers(names)
    axes.axvline(0, color=QUIET, linewidth=1.2, zorder=1)
    leftwards = sum(row.difference.mean for row in rows if row.difference) < 0
    side = -1 if leftwards else 1  # towards the middle of the panel
    for place, row in enumerate(rows):
        if row.difference is None:
            axes.annotate(
                "reference",
                (0, place),
                (6 * side, 0),
                textcoords="offset points",
                ha="right" if leftwards else "left",
                va="center",
                fontsize=9,
                color=QUIET,
            )
            continue
        tint = colour[row.structure]
        ends = [row.difference.low, row.difference.high]
        axes.plot(ends, [place] * 2, color=tint, linewidth=2.4, zorder=2)
        axes.scatter(
            row.difference.mean, place, s=52, color=tint, marker=marker[row.structure],
            zorder=3,
        )  # fmt: skip
    axes.margins(x=0.12)
    axes.set_xlabel(
        f"difference to {comparison.reference}\n"
        f"with {comparison.confidence:.0%} interval",
        fontsize=9,
    )
    plain(axes)
    axes.tick_params(axis="y", length=0)


def axis_label(comparison: Comparison) -> str:
    """Returns the metric with its unit."""
    if comparison.metric == "accuracy":
        return "accuracy (share that is right)"
    return f"{comparison.metric} ({comparison.target})"

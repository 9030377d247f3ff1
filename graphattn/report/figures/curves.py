"""How the structures learn."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from graphattn.compare.run import RunResult
from graphattn.compare.summary import Comparison
from graphattn.report.figures.metric import axis_label
from graphattn.report.figures.style import INK, colours, new_figure, plain

_STYLES = ("-", "--", "-.", ":")


def draw_curves(comparison: Comparison, runs: Sequence[RunResult]) -> Figure:
    """Returns two panels: training loss and validation metric after every epoch.

    Args:
        comparison: One data set.
        runs: Its runs; those of other data sets are left out.
    """
    figure = new_figure(8.6, 3.6)
    panels = figure.subplots(1, 2)
    trained = {run.structure for run in runs if run.losses}
    names = [row.structure for row in comparison.rows if row.structure in trained]
    colour = colours(names)
    for number, name in enumerate(names):
        own = [
            run
            for run in runs
            if (run.data, run.structure) == (comparison.data, name)
            and run.seed in comparison.seeds
        ]
        curves = ([run.losses for run in own], [run.val_scores for run in own])
        for axes, rows in zip(panels, curves, strict=True):
            values = np.array(rows)
            epochs = np.arange(1, values.shape[1] + 1)
            style = _STYLES[number % len(_STYLES)]
            axes.fill_between(
                epochs, values.min(0), values.max(0), color=colour[name], alpha=0.13,
                linewidth=0,
            )  # fmt: skip
            axes.plot(
                epochs, values.mean(0), style, color=colour[name], linewidth=1.9,
                label=name,
            )  # fmt: skip
    loss = "squared error in standard deviations"
    if comparison.metric == "accuracy":
        loss = "cross-entropy (nats)"
    panels[0].set_ylabel(f"training loss:\n{loss}", fontsize=9)
    panels[1].set_ylabel(f"validation {axis_label(comparison)}", fontsize=9)
    for axes in panels:
        axes.set_xlabel("epoch", fontsize=9)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        plain(axes, grid="y")
    figure.legend(
        *panels[0].get_legend_handles_labels(),
        loc="outside lower center",
        ncols=len(names),
        frameon=False,
        fontsize=10,
    )
    figure.suptitle(
        f"{comparison.data}: learning curves, mean and range of "
        f"{len(comparison.seeds)} seeds",
        fontsize=12,
        color=INK,
        x=0.01,
        ha="left",
    )
    return figure

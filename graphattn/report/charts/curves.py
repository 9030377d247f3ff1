"""How the structures learn."""

from collections.abc import Sequence

import numpy as np

from graphattn.compare.run import RunResult
from graphattn.compare.summary import Comparison
from graphattn.report.charts.chart import Chart, linear
from graphattn.report.palette import series
from graphattn.training import OF_NUMBERS


def curves(comparison: Comparison, runs: Sequence[RunResult]) -> list[Chart]:
    """Returns two charts: training loss and validation metric after every epoch.

    Args:
        comparison: One data set.
        runs: Of its compared seeds; a structure without epochs has no line.
    """
    names = [row.structure for row in comparison.rows]
    losses = {n: [r.losses for r in runs if r.structure == n] for n in names}
    scores = {n: [r.val_scores for r in runs if r.structure == n] for n in names}
    is_loss = "cross-entropy (nats)"
    if comparison.metric in OF_NUMBERS:
        is_loss = "squared error in standard deviations"
    return [
        chart
        for title, label, found in (
            ("Training loss", is_loss, losses),
            ("Validation", f"{comparison.metric} of the validation part", scores),
        )
        if (chart := _curves(comparison, title, label, found)) is not None
    ]


def _curves(
    comparison: Comparison,
    title: str,
    label: str,
    found: dict[str, list[tuple[float, ...]]],
) -> Chart | None:
    number = series([row.structure for row in comparison.rows])
    tables = {name: _table(rows) for name, rows in found.items()}
    tables = {name: table for name, table in tables.items() if table.shape[1] > 1}
    if not tables:
        return None
    last = "; ".join(f"{n} {t[:, -1].mean():.3f}" for n, t in tables.items())
    chart = Chart(
        title,
        f"{title} over the epochs, mean and range of the runs. At the end: {last}.",
        linear("epoch", [1, max(t.shape[1] for t in tables.values())], pad=0.01),
        linear(label, np.concatenate([t.ravel() for t in tables.values()]).tolist()),
        [(name, number[name], "line") for name in tables],
    )
    for name, table in tables.items():
        epochs = range(1, table.shape[1] + 1)
        low, high = (zip(epochs, t, strict=True) for t in (table.min(0), table.max(0)))
        ring = [*low, *reversed(list(high))]
        chart.line(ring, f"band s{number[name]}", closed=True)
        mean = zip(epochs, table.mean(0).tolist(), strict=True)
        chart.line(mean, f"line s{number[name]}", name)
    return chart


def _table(rows: list[tuple[float, ...]]) -> np.ndarray:
    # Runs that stopped early are compared on the epochs that all have.
    shortest = min((len(row) for row in rows), default=0)
    return np.array([row[:shortest] for row in rows]).reshape(len(rows), shortest)

"""The metric run by run, and the paired differences."""

import math

from graphattn.compare.summary import Comparison
from graphattn.report.charts.chart import Axis, Chart, linear
from graphattn.report.palette import series
from graphattn.report.words import signed


def intervals(comparison: Comparison) -> list[Chart]:
    """Returns two charts: every run's metric, and differences with their intervals.

    Args:
        comparison: One data set.
    """
    scores = _scores(comparison)
    return [scores, _differences(comparison)] if len(comparison.rows) > 1 else [scores]


def _rows(comparison: Comparison) -> Axis:
    names = [row.structure for row in comparison.rows]
    ticks = tuple((-float(place), name) for place, name in enumerate(names))
    return Axis("", -len(names) + 0.4, 0.6, ticks)


def _chart(comparison: Comparison, title: str, alt: str, x: Axis) -> Chart:
    longest = max(len(row.structure) for row in comparison.rows)
    return Chart(
        title,
        alt,
        x,
        _rows(comparison),
        height=70 + 44 * len(comparison.rows),
        left=min(22 + 7.2 * longest, 170),
    )


def _scores(comparison: Comparison) -> Chart:
    rows, metric = comparison.rows, comparison.metric
    number = series([row.structure for row in rows])
    better = "lower" if comparison.lower_is_better else "higher"
    means = "; ".join(f"{row.structure} {row.mean:.3f}" for row in rows)
    chart = _chart(
        comparison,
        "Test part, run by run",
        f"{metric} on the test part, one marker per run. Means: {means}.",
        linear(
            f"{metric}, {better} is better", [s for row in rows for s in row.scores]
        ),
    )
    for of_seed in zip(*(row.scores for row in rows), strict=True):
        chart.line([(s, -float(k)) for k, s in enumerate(of_seed)], "hair")
    for place, row in enumerate(rows):
        own = number[row.structure]
        for seed, score in zip(comparison.seeds, row.scores, strict=True):
            title = f"{row.structure}, seed {seed}: {score:.3f}"
            chart.dot(score, -place, own, "dot faint", title)
        ends = [(row.mean, -place - 0.28), (row.mean, -place + 0.28)]
        chart.line(ends, f"bar s{own}", f"{row.structure}: mean {row.mean:.3f}")
    return chart


def _differences(comparison: Comparison) -> Chart:
    rows = comparison.rows
    number = series([row.structure for row in rows])
    found = [row.difference for row in rows if row.difference is not None]
    spread = [v for d in found for v in (d.low, d.mean, d.high)]
    text = "; ".join(
        f"{row.structure} {signed(row.difference.mean)}"
        for row in rows
        if row.difference
    )
    level = f"{comparison.confidence:.0%}"
    chart = _chart(
        comparison,
        f"Difference to {comparison.reference}",
        f"Paired differences in {comparison.metric} to {comparison.reference}: {text}.",
        linear(f"difference in {comparison.metric}, {level} interval", [0.0, *spread]),
    )
    chart.line([(0.0, chart.y.low), (0.0, chart.y.high)], "zero")
    for place, row in enumerate(rows):
        one, own = row.difference, number[row.structure]
        if one is None:
            chart.label(0.0, -place, "reference", "right quiet", up=-4)
            continue
        title = f"{row.structure}: {signed(one.mean)}"
        if math.isfinite(one.low):
            title += f" ({signed(one.low)} to {signed(one.high)})"
            chart.line([(one.low, -place), (one.high, -place)], f"bar s{own}", title)
        chart.dot(one.mean, -place, own, "dot large", title)
    return chart

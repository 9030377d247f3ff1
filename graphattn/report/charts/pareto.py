"""What accuracy costs."""

from collections.abc import Mapping
from dataclasses import replace

from graphattn.compare.summary import Comparison
from graphattn.report.charts.chart import Chart, Label, linear, logarithmic
from graphattn.report.palette import series

_NEAR, _LINE = 55.0, 14.0  # pixels


def pareto(comparison: Comparison) -> list[Chart]:
    """Returns the metric against attended pairs, and against time.

    A structure is joined to the next dearer one where nothing cheaper is as good.

    Args:
        comparison: One data set.
    """
    rows = comparison.rows
    pairs = {row.structure: row.cost.pairs_per_graph for row in rows}
    times = {row.structure: 1e3 * row.epoch_seconds for row in rows}
    found = [
        _pareto(comparison, "Attended pairs", "attended pairs per graph", pairs),
        _pareto(comparison, "Time", "time of an epoch in milliseconds", times),
    ]
    return [chart for chart in found if chart is not None]


def _pareto(
    comparison: Comparison, title: str, label: str, costs: Mapping[str, float]
) -> Chart | None:
    rows = [row for row in comparison.rows if costs[row.structure] > 0]
    if len(rows) < 2:
        return None
    metric = comparison.metric
    number = series([row.structure for row in comparison.rows])
    deviation = {row.structure: row.std if row.std == row.std else 0 for row in rows}
    ends = [row.mean + k * deviation[row.structure] for row in rows for k in (-1, 1)]
    points = "; ".join(
        f"{r.structure} {costs[r.structure]:,.4g}, {r.mean:.3f}" for r in rows
    )
    chart = Chart(
        f"{title} and {metric}",
        f"{metric} against {label}: {points}.",
        logarithmic(label, [costs[row.structure] for row in rows]),
        linear(f"{metric} (mean ± deviation)", ends, pad=0.12),
    )
    means = {row.structure: row.mean for row in rows}
    best = front(costs, means, lower_is_better=comparison.lower_is_better)
    chart.line([(costs[name], means[name]) for name in best], "front")
    for row in rows:
        name, own = row.structure, number[row.structure]
        cost, spread = costs[name], deviation[name]
        chart.line(
            [(cost, row.mean - spread), (cost, row.mean + spread)], f"thin s{own}"
        )
        text = f"{name}: {cost:,.4g}, {row.mean:.3f}"
        chart.dot(cost, row.mean, own, "dot large", text)
        side = "left" if chart.x.share(cost) > 0.75 else "right"
        chart.label(cost, row.mean, name, f"s{own} {side}", up=9)
    _apart(chart)
    return chart


def front(
    costs: Mapping[str, float], means: Mapping[str, float], *, lower_is_better: bool
) -> list[str]:
    """Returns those that nothing cheaper matches, from cheap to dear.

    Args:
        costs: By name.
        means: The metric, by name.
        lower_is_better: Which way it is better.
    """
    sign = 1 if lower_is_better else -1
    found: list[str] = []
    for name in sorted(means, key=lambda n: (costs[n], sign * means[n])):
        if not found or sign * means[name] < sign * means[found[-1]]:
            found.append(name)
    return found


def _apart(chart: Chart) -> None:
    # Names that would lie on each other go below one another.
    placed: list[Label] = []
    for label in sorted(chart.labels, key=lambda label: label.y):
        above = [p.y for p in placed if abs(p.x - label.x) < _NEAR]
        y = max([label.y, *(y + _LINE for y in above)])
        placed.append(replace(label, y=y))
    chart.labels = placed

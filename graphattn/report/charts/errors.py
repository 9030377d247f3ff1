"""Errors item by item."""

from collections.abc import Sequence

import numpy as np

from graphattn.report.charts.chart import Chart, linear
from graphattn.report.errors import ItemErrors
from graphattn.report.palette import series

_MOST = 800  # markers; more make the file large and tell no more


def errors(
    found: ItemErrors, names: Sequence[str], shown: tuple[str, ...], what: str
) -> list[Chart]:
    """Returns the distribution of the errors, and one structure against another.

    Args:
        found: The errors.
        names: What the items are called.
        shown: The two structures.
        what: "molecules", "nodes", ...
    """
    charts = [_shares(found, what)]
    return [*charts, _against(found, names, shown, what)] if len(shown) == 2 else charts


def _shares(found: ItemErrors, what: str) -> Chart:
    number = series(list(found.errors))
    middle = "; ".join(f"{n} {np.median(e):.3f}" for n, e in found.errors.items())
    top = max(float(np.quantile(each, 0.99)) for each in found.errors.values())
    chart = Chart(
        f"Share of {what} with an error up to …",
        f"Cumulative distribution of the errors. Medians: {middle}.",
        linear(found.unit, [0.0, top], pad=0.01),
        linear(f"share of {what}", [0.0, 1.0], pad=0.01),
        [(name, number[name], "line") for name in found.errors],
    )
    shares = np.linspace(0, 1, 101)
    for name, each in found.errors.items():
        values = np.clip(np.quantile(each, shares), 0, chart.x.high)
        points = zip(values.tolist(), shares.tolist(), strict=True)
        chart.line(points, f"line s{number[name]}", name)
    return chart


def _against(
    found: ItemErrors, names: Sequence[str], shown: tuple[str, ...], what: str
) -> Chart:
    first, second = shown
    x, y = found.errors[first], found.errors[second]
    worse = float((y > x).mean())
    top = max(float(x.max()), float(y.max()))
    chart = Chart(
        f"{second} against {first}, {what} one by one",
        f"Error under {second} against error under {first}; above the diagonal, where "
        f"{second} is worse, lie {worse:.0%} of {len(x):,} {what}.",
        linear(f"error, {first}", [0.0, top], pad=0.02),
        linear(f"error, {second}", [0.0, top], pad=0.02),
        height=340,
    )
    chart.line([(0.0, 0.0), (top, top)], "zero")
    own = series(list(found.errors))[second]
    step = -(-len(x) // _MOST)
    for k in range(0, len(x), step):
        title = f"{names[k]}: {first} {x[k]:.3f}, {second} {y[k]:.3f}"
        chart.dot(float(x[k]), float(y[k]), own, "dot small", title)
    chart.label(chart.x.low, chart.y.high, f" {worse:.0%} above", "right quiet", up=-14)
    return chart

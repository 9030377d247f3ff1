"""What is attended to, and whether it matters."""

from collections.abc import Sequence
from dataclasses import replace

from graphattn.compare.examine import Examined
from graphattn.report.charts.chart import Chart, linear
from graphattn.report.palette import series

_ORDERS = (
    ("most", "the most attended", 1, "line"),
    ("random", "random ones", 6, "line dashed"),
    ("least", "the least attended", 0, "line dotted"),
)


def distances(examined: Sequence[Examined]) -> Chart:
    """Returns the share of attention at each distance, beside that of chance.

    Args:
        examined: One per structure.
    """
    number = series([one.structure for one in examined])
    profiles = {o.structure: o.measured.profile.mean((0, 1)).tolist() for o in examined}
    chances = {o.structure: o.measured.profile_by_chance.tolist() for o in examined}
    columns = len(next(iter(profiles.values())))
    found = [*profiles.values(), *chances.values()]
    used = max(k for k in range(columns) if any(row[k] > 0.002 for row in found))
    texts = [str(k) for k in range(columns - 2)] + [f"{columns - 2}+", "no path"]
    chart = Chart(
        "Attention by distance",
        "Share of attention at each distance along the edges: "
        + "; ".join(
            f"{name} " + ", ".join(f"{texts[k]}: {row[k]:.2f}" for k in range(used + 1))
            for name, row in profiles.items()
        ),
        linear("edges on the shortest path (0: the node itself)", [0, used], pad=0.04),
        linear("share of attention", [0.0, *(v for row in found for v in row)]),
        [
            *((name, number[name], "line") for name in profiles),
            ("without preference", 6, "line dotted"),
        ],
    )
    ticks = tuple((float(k), texts[k]) for k in range(used + 1))
    chart.x = replace(chart.x, ticks=ticks)
    for name, row in profiles.items():
        own = f"s{number[name]}"
        reach = 1 + max(k for k in range(used + 1) if chances[name][k] > 0)
        chart.line(enumerate(chances[name][:reach]), f"line dotted {own}", name)
        chart.line(enumerate(row[:reach]), f"line {own}", name)
        for k, value in enumerate(row[:reach]):
            title = f"{name}, distance {texts[k]}: {value:.3f}"
            chart.dot(k, value, number[name], "dot", title)
    return chart


def deletion(one: Examined) -> Chart | None:
    """Returns the loss without some of the attended pairs.

    Args:
        one: A structure.
    """
    if not one.deletions:
        return None
    whole = one.deletions[0].whole
    lines = {
        label: [(0.0, whole), *((d.fraction, getattr(d, name)) for d in one.deletions)]
        for name, label, _, _ in _ORDERS
    }
    last = "; ".join(f"{label}: {points[-1][1]:.3f}" for label, points in lines.items())
    chart = Chart(
        f"{one.structure}: loss without some of the attended pairs",
        f"Loss when pairs are taken away; with all {whole:.3f}; at the end {last}.",
        linear("share of the pairs that are taken away", [0.0, 0.5], pad=0.02),
        linear(
            "loss on the test part", [0.0, *(y for p in lines.values() for _, y in p)]
        ),
        [(label, own, css) for _, label, own, css in _ORDERS],
    )
    for _, label, own, css in _ORDERS:
        chart.line(lines[label], f"{css} s{own}", label)
        for x, y in lines[label][1:]:
            chart.dot(x, y, own, "dot", f"without {x:.0%}, {label}: {y:.3f}")
    return chart

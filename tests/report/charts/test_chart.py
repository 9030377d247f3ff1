import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graphattn.report.charts.chart import Chart, linear, logarithmic

NUMBERS = st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: round(value, 3))


@given(st.lists(NUMBERS, min_size=1, max_size=9))
def test_an_axis_holds_its_values_and_has_few_round_ticks(values):
    axis = linear("x", values)
    assert axis.low < min(values)
    assert axis.high > max(values)
    assert 2 <= len(axis.ticks) <= 8
    for value, text in axis.ticks:
        assert axis.low <= value <= axis.high
        written = float(text.replace("\N{MINUS SIGN}", "-").replace(",", ""))
        assert written == pytest.approx(value, abs=1e-9 * max(1, abs(value)))


@given(st.lists(st.floats(1e-3, 1e9), min_size=1, max_size=9))
def test_a_logarithmic_axis_holds_its_values(values):
    axis = logarithmic("x", values)
    assert 0 < axis.low < min(values)
    assert axis.high > max(values)
    assert 1 <= len(axis.ticks) <= 14
    assert all(0 <= axis.share(value) <= 1 for value, _ in axis.ticks)


def test_values_that_are_not_there_leave_an_axis_usable():
    assert linear("x", [math.nan]).ticks


def test_points_land_where_their_axes_say():
    chart = Chart("t", "a", linear("x", [0, 1], pad=0), linear("y", [0, 1], pad=0))
    left, top, right, bottom = chart.box
    ends = [(0, 0), (1, 1)] if chart.x.low == 0 else None
    assert ends is None or [chart.at(*e) for e in ends] == [
        (left, bottom),
        (right, top),
    ]
    chart.line([(chart.x.low, chart.y.low), (chart.x.high, chart.y.high)], "line")
    assert chart.paths[0].d == f"M{left:.1f} {bottom:.1f}L{right:.1f} {top:.1f}"

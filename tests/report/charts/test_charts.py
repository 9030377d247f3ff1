import math
from dataclasses import replace

import numpy as np
import pytest

from graphattn.compare.statistics import Difference
from graphattn.report import charts
from graphattn.report.chapters import chapters
from graphattn.report.charts.pareto import front
from graphattn.report.errors import ItemErrors
from graphattn.report.material import gather


@pytest.fixture(scope="session")
def material(outcome):
    return gather(outcome)[0]


def test_a_finished_study_gets_all_chapters(material):
    names = [one.name for one in chapters(material)]
    assert names == ["metric", "curves", "cost", "errors", "examined"]


def test_every_mark_lies_inside_and_every_chart_says_what_it_shows(material):
    for chapter in chapters(material):
        for chart in chapter.charts:
            assert len(chart.alt) > 30
            places = [(dot.x, dot.y) for dot in chart.dots]
            places += [corner for path in chart.paths for corner in path.corners]
            assert places
            for x, y in places:
                assert 0 <= x <= chart.width
                assert 0 <= y <= chart.height


def test_intervals_have_a_bar_and_a_marker_per_structure(comparison):
    scores, differences = charts.intervals(comparison)
    assert len(scores.dots) == 9
    assert sum("bar" in path.css for path in scores.paths) == 3
    assert len(differences.dots) == 2
    assert sum("bar" in path.css for path in differences.paths) == 2
    assert "full +0.250" in differences.alt


def test_one_seed_has_no_interval_and_one_structure_no_difference(comparison):
    nothing = Difference(0.2, math.nan, math.nan, math.nan, math.nan)
    rows = (comparison.rows[0], replace(comparison.rows[1], difference=nothing))
    _, differences = charts.intervals(replace(comparison, rows=rows))
    assert not any("bar" in path.css for path in differences.paths)
    assert len(charts.intervals(replace(comparison, rows=rows[:1]))) == 1


def test_rows_without_epochs_have_no_curve(comparison, outcome):
    assert charts.curves(comparison, []) == []


def test_the_loss_of_numbers_is_named_whatever_they_are_judged_by(comparison, outcome):
    for metric in ("RMSE", "MAE"):
        one = replace(comparison, rows=comparison.rows[:1], metric=metric)
        loss, validation = charts.curves(one, outcome.runs)
        assert "squared error" in loss.y.label
        assert validation.y.label == f"{metric} of the validation part"


def test_the_front_holds_what_nothing_cheaper_matches():
    costs = {"a": 1.0, "b": 2.0, "c": 3.0, "d": 3.0}
    means = {"a": 0.5, "b": 0.6, "c": 0.4, "d": 0.3}
    assert front(costs, means, lower_is_better=True) == ["a", "d"]
    assert front(costs, means, lower_is_better=False) == ["a", "b"]


def test_what_costs_nothing_has_no_place_on_a_logarithmic_axis(comparison):
    rows = [
        replace(row, cost=replace(row.cost, pairs_per_graph=0), epoch_seconds=0.0)
        for row in comparison.rows
    ]
    assert charts.pareto(replace(comparison, rows=tuple(rows))) == []


def test_errors_above_the_diagonal_are_counted():
    found = ItemErrors(
        "error",
        np.arange(4),
        np.ones(4, dtype=np.int64),
        {"edges": np.array([0.1, 0.2, 0.3, 0.4]), "full": np.array([0.2, 0.3, 0.4, 0])},
    )
    _, against = charts.errors(found, list("abcd"), ("edges", "full"), "nodes")
    assert "75% of 4 nodes" in against.alt
    assert len(against.dots) == 4

"""On synthetic results whose truth is known: coverage of intervals, level of tests."""

import numpy as np
import pytest

from graphattn.compare.statistics import paired_differences

STUDIES = 250
# Three binomial deviations of a share near 5% over that many studies.
SLACK = 3 * (0.05 * 0.95 / STUDIES) ** 0.5


def simulate(splits: int, seeds: int, truth: float, seed: int):
    """Yields studies whose split, and whose seed on it, each shift the difference."""
    draw = np.random.default_rng(seed)
    of_split = [s for s in range(splits) for _ in range(seeds)]
    for _ in range(STUDIES):
        hard = draw.normal(0, 2.0, splits)[of_split]  # shared: cancels in the pairs
        shift = draw.normal(0, 0.3, splits)[of_split]
        reference = hard + draw.normal(0, 0.5, splits * seeds)
        other = hard + truth + shift + draw.normal(0, 0.5, splits * seeds)
        yield paired_differences([list(other)], list(reference), 0.95, of_split)[0]


@pytest.mark.parametrize(("splits", "seeds"), [(7, 1), (10, 3), (23, 1)])
def test_intervals_cover_the_truth_as_often_as_they_say(splits, seeds):
    truth = 0.4
    found = list(simulate(splits, seeds, truth, seed=splits))
    by_t = np.mean([one.low <= truth <= one.high for one in found])
    boot = np.mean([o.bootstrap_low <= truth <= o.bootstrap_high for o in found])
    assert abs(by_t - 0.95) < SLACK
    assert abs(boot - 0.95) < SLACK + 0.01  # resampling is not exact


@pytest.mark.parametrize(("splits", "seeds"), [(7, 1), (10, 3)])
def test_tests_are_wrong_as_seldom_as_they_say(splits, seeds):
    found = list(simulate(splits, seeds, 0.0, seed=100 + splits))
    assert abs(np.mean([one.p_value < 0.05 for one in found]) - 0.05) < SLACK
    assert np.mean([one.wilcoxon < 0.05 for one in found]) < 0.05 + SLACK


def test_the_interval_leaves_out_zero_exactly_when_the_test_rejects():
    for one in simulate(6, 2, 0.5, seed=3):
        assert (one.low > 0 or one.high < 0) == (one.p_value < 0.05)


def test_seeds_on_one_split_are_no_independent_evidence():
    # Without regard to splits the test would be wrong far more often than it says.
    draw, wrong = np.random.default_rng(11), {"regarded": 0, "not": 0}
    of_split = [s for s in range(5) for _ in range(4)]
    for _ in range(100):
        shift = draw.normal(0, 0.5, 5)[of_split] + draw.normal(0, 0.3, 20)
        zero = [0.0] * 20
        for name, splits in {"regarded": of_split, "not": None}.items():
            (one,) = paired_differences([list(shift)], zero, 0.95, splits)
            wrong[name] += one.p_value < 0.05
    assert wrong["regarded"] / 100 < 0.1
    assert wrong["not"] / 100 > 0.2


def test_holm_keeps_the_chance_of_any_wrong_finding():
    draw, wrong = np.random.default_rng(17), 0
    for _ in range(STUDIES):
        reference = draw.normal(size=9)
        others = [list(draw.normal(size=9)) for _ in range(3)]
        found = paired_differences(others, list(reference))
        wrong += any(one.adjusted < 0.05 for one in found)
    assert wrong / STUDIES < 0.05 + SLACK

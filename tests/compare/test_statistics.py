import math

import numpy as np
import pytest
from scipy.stats import false_discovery_control, ttest_rel, wilcoxon

from graphattn.compare.statistics import holm, paired_differences

REFERENCE = [0.71, 0.65, 0.80, 0.74, 0.69]
OTHER = [0.75, 0.70, 0.79, 0.81, 0.77]


@pytest.mark.parametrize("confidence", [0.9, 0.95])
def test_the_interval_is_that_of_the_paired_t_test(confidence):
    (got,) = paired_differences([OTHER], REFERENCE, confidence)
    test = ttest_rel(OTHER, REFERENCE)
    want = test.confidence_interval(confidence)
    assert got.mean == pytest.approx(np.mean(np.subtract(OTHER, REFERENCE)))
    assert (got.low, got.high) == pytest.approx((want.low, want.high))
    assert got.p_value == pytest.approx(test.pvalue)
    assert got.adjusted == got.p_value


def test_p_values_are_corrected_for_the_number_of_structures():
    twice = paired_differences([OTHER, REFERENCE[::-1]], REFERENCE)
    assert twice[0].adjusted == pytest.approx(2 * twice[0].p_value)


def test_holm_on_a_hand_worked_table():
    # sorted: 0.01 * 4, 0.02 * 3, 0.03 * 2 (not below the one before), 0.5
    assert holm([0.02, 0.5, 0.01, 0.03]) == pytest.approx([0.06, 0.5, 0.04, 0.06])


def test_holm_is_at_least_as_strict_as_the_false_discovery_rate():
    p_values = [0.001, 0.04, 0.03, 0.6, 0.011]
    assert np.all(np.array(holm(p_values)) >= false_discovery_control(p_values))


@pytest.mark.parametrize(("shift", "p_value"), [(0.0, 1.0), (0.25, 0.0)])
def test_differences_that_never_vary_have_no_width(shift, p_value):
    (got,) = paired_differences([[v + shift for v in REFERENCE]], REFERENCE)
    assert (got.low, got.high) == pytest.approx((shift, shift))
    assert got.p_value == p_value


def test_one_seed_allows_no_interval():
    (got,) = paired_differences([[0.7]], [0.6])
    assert got.mean == pytest.approx(0.1)
    assert all(map(math.isnan, (got.low, got.high, got.p_value, got.adjusted)))


def test_structures_must_have_run_the_same_seeds():
    with pytest.raises(ValueError, match="one value per seed"):
        paired_differences([OTHER[:3]], REFERENCE)


def test_seeds_of_a_split_are_averaged_before_they_are_tested():
    other, reference = [1.0, 3.0, 2.0, 5.0, 4.0, 4.5], [0.5, 1.0, 2.5, 3.0, 3.0, 3.0]
    (got,) = paired_differences([other], reference, splits=[0, 1, 2, 0, 1, 2])
    units = [(0.5 + 2.0) / 2, (2.0 + 1.0) / 2, (-0.5 + 1.5) / 2]
    (want,) = paired_differences([units], [0.0] * 3)
    assert got.units == 3
    for name in ("mean", "low", "high", "p_value", "wilcoxon", "effect"):
        assert getattr(got, name) == pytest.approx(getattr(want, name))
    assert got.above == 5 / 6


def test_effect_ranks_and_power_are_told():
    (got,) = paired_differences([OTHER], REFERENCE)
    differences = np.subtract(OTHER, REFERENCE)
    assert got.wilcoxon == pytest.approx(wilcoxon(differences).pvalue)
    plain = differences.mean() / differences.std(ddof=1)
    assert 0 < got.effect < plain
    assert got.above == 4 / 5
    assert got.more == max(0, got.needed - 5)
    assert got.bootstrap_low <= got.mean <= got.bootstrap_high

import math

import numpy as np
import pytest
from scipy.stats import ttest_1samp

from graphattn.compare.power import needed, power


def test_an_effect_of_half_a_deviation_needs_34_pairs():
    # The textbook answer for 80% power at the 5% level.
    assert needed(0.5, 0.05) == 34


def test_the_count_is_the_first_that_is_enough():
    count = needed(0.8, 0.02)
    assert power(0.8, count, 0.02) >= 0.8 > power(0.8, count - 1, 0.02)


def test_power_is_what_simulation_says():
    draws = np.random.default_rng(2).normal(0.7, 1.0, (4000, 11))
    share = (ttest_1samp(draws, 0.0, axis=1).pvalue < 0.05).mean()
    assert power(0.7, 11, 0.05) == pytest.approx(share, abs=0.02)


def test_without_an_effect_power_is_the_level_and_no_count_is_enough():
    assert power(0.0, 7, 0.05) == pytest.approx(0.05)
    assert needed(0.0, 0.05) is None
    assert needed(0.01, 0.05) is None
    assert needed(math.nan, 0.05) is None


def test_a_huge_effect_needs_few():
    assert needed(50.0, 0.05) <= 3

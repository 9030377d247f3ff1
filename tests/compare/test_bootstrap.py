import math

import numpy as np
import pytest
from scipy.stats import t

from graphattn.compare.bootstrap import interval


@pytest.mark.parametrize("confidence", [0.8, 0.95])
def test_of_many_normal_values_it_is_close_to_the_t_interval(confidence):
    values = np.random.default_rng(5).normal(3.0, 2.0, 101)
    error = values.std(ddof=1) / math.sqrt(101)
    reach = t.ppf((1 + confidence) / 2, 100) * error
    want = (values.mean() - reach, values.mean() + reach)
    assert interval(values, confidence) == pytest.approx(want, abs=0.12 * error)


def test_it_lies_within_the_values_and_is_the_same_again():
    values = np.array([0.3, 0.1, 0.7])
    low, high = interval(values, 0.95)
    assert (low, high) == interval(values, 0.95)
    assert 0.1 <= low < high <= 0.7


def test_one_value_allows_no_interval():
    assert all(map(math.isnan, interval(np.array([0.3]), 0.95)))

"""Intervals by resampling: nothing is assumed about how differences are spread."""

import math

import numpy as np
from scipy.stats import norm, t

_DRAWS = 9_999
_SEED = 20_220_131  # a study that is repeated gives the same interval


def interval(
    units: np.ndarray, confidence: float, draws: int = _DRAWS
) -> tuple[float, float]:
    r"""Returns a bootstrap interval of the mean of independent `units`.

    The plain percentile interval of n values is too short by
    :math:`\sqrt{(n - 1) / n}` and by a normal in place of t quantiles. The quantiles
    taken are further out by as much, so that it covers as stated from about six units
    on. With fewer no resampling can: all of them lie on one side with a chance of
    :math:`2^{1 - n}`.

    Args:
        units: What is independent: one value per split, or per seed where each seed
            has a split of its own.
        confidence: Of the interval.
        draws: How many resamples.

    Returns:
        Lower and upper end; NaN for fewer than two units.

    Source:
        Hesterberg 2015, https://doi.org/10.1080/00031305.2015.1089789 (expanded
        percentiles).
    """
    count = len(units)
    if count < 2:
        return math.nan, math.nan
    chosen = np.random.default_rng(_SEED).integers(0, count, (draws, count))
    means = units[chosen].mean(axis=1)
    reach = t.ppf((1 + confidence) / 2, count - 1) * math.sqrt(count / (count - 1))
    tail = float(norm.sf(reach))
    low, high = np.quantile(means, [tail, 1 - tail])
    return float(low), float(high)

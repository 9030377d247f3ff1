"""How many runs a difference of some size would need to be told from none."""

import math

from scipy.stats import nct, t

MOST = 1_000


def power(effect: float, count: int, level: float) -> float:
    """Returns the chance that a paired t test finds an effect.

    Args:
        effect: Mean of the differences in units of their standard deviation.
        count: How many differences.
        level: Of the two-sided test.
    """
    bound, shift = t.isf(level / 2, count - 1), abs(effect) * math.sqrt(count)
    there = nct.sf(bound, count - 1, shift)
    # The other tail is below what nct can tell from zero once the shift is large.
    away = nct.cdf(-bound, count - 1, shift) if shift < 1 else 0.0
    return float(there + away)


def needed(effect: float, level: float, chance: float = 0.8) -> int | None:
    """Returns how many differences a paired t test needs to find an effect.

    Args:
        effect: Mean of the differences in units of their standard deviation.
        level: Of the two-sided test.
        chance: That the test finds it.

    Returns:
        The count, or None where it is more than a thousand.
    """
    if math.isnan(effect) or power(effect, MOST, level) < chance:
        return None
    low, high = 2, MOST
    while low < high:
        middle = (low + high) // 2
        if power(effect, middle, level) >= chance:
            high = middle
        else:
            low = middle + 1
    return low

"""Paired statistics over seeds and splits."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.stats import ttest_1samp, wilcoxon

from graphattn._errors import require
from graphattn.compare import bootstrap, power

_NOTHING = 1e-12  # differences that vary by less do not vary


@dataclass(frozen=True)
class Difference:
    """A mean difference with what is known about it.

    The units of all tests and intervals are the splits: what seeds on one split gave is
    averaged first, because they share their test part.

    Attributes:
        mean: Of the differences, pair by pair.
        low: Lower end of the paired t interval; NaN for fewer than two units.
        high: Upper end.
        p_value: Of the paired t test, two-sided; NaN for fewer than two units.
        adjusted: `p_value` after Holm's correction over the structures.
        bootstrap_low: Lower end of the bootstrap interval, as in `bootstrap.interval`.
        bootstrap_high: Upper end.
        wilcoxon: p-value of the signed-rank test, two-sided.
        wilcoxon_adjusted: After Holm's correction over the structures.
        effect: The mean in units of the deviation of the differences, corrected for
            small numbers (Hedges' g of pairs); NaN for fewer than three units.
        above: Share of pairs in which the metric is above the reference's; ties count
            half.
        units: How many independent differences there are.
        needed: How many the t test would need to find an effect of this size four
            times out of five, at the level that Holm's correction begins with; None
            where that is over a thousand or unknown.
    """

    mean: float
    low: float
    high: float
    p_value: float
    adjusted: float
    bootstrap_low: float = math.nan
    bootstrap_high: float = math.nan
    wilcoxon: float = math.nan
    wilcoxon_adjusted: float = math.nan
    effect: float = math.nan
    above: float = math.nan
    units: int = 1
    needed: int | None = None

    @property
    def more(self) -> int | None:
        """How many more units a difference of this size would need."""
        return None if self.needed is None else max(0, self.needed - self.units)


def paired_differences(
    values: Sequence[Sequence[float]],
    reference: Sequence[float],
    confidence: float = 0.95,
    splits: Sequence[int] | None = None,
) -> list[Difference]:
    """Compares each structure with the reference, run by run.

    Args:
        values: One sequence per structure, in the order of the reference's runs.
        reference: The metric of the reference, one per run.
        confidence: Of the intervals.
        splits: The split of each run; by default each run has its own. Runs all on one
            split are taken as independent: then they tell about that split alone.

    Raises:
        ValueError: A structure has another number of runs.

    Source:
        Holm 1979, https://www.jstor.org/stable/4615733.
    """
    found = []
    for row in values:
        require(
            len(row) == len(reference) and len(splits or row) == len(row),
            "paired_differences",
            "each structure needs one value per seed of the reference",
            {"values": list(row), "reference": list(reference), "splits": splits},
        )
        differences = np.subtract(row, reference)
        level = (1 - confidence) / len(values)
        one = _describe(_units(differences, splits), confidence, level)
        above = float(((differences > 0) + 0.5 * (differences == 0)).mean())
        found.append(replace(one, above=above))
    by_t = holm([one.p_value for one in found])
    by_rank = holm([one.wilcoxon for one in found])
    return [
        replace(one, adjusted=after, wilcoxon_adjusted=rank)
        for one, after, rank in zip(found, by_t, by_rank, strict=True)
    ]


def holm(p_values: Sequence[float]) -> list[float]:
    """Returns the p-values after Holm's step-down correction, in the given order.

    Args:
        p_values: One per hypothesis; NaN stays NaN.
    """
    order = sorted(range(len(p_values)), key=lambda k: p_values[k])
    adjusted, largest = [math.nan] * len(p_values), 0.0
    for rank, position in enumerate(order):
        p = p_values[position]
        if not math.isnan(p):
            largest = max(largest, min(1.0, (len(p_values) - rank) * p))
            adjusted[position] = largest
    return adjusted


def _units(differences: np.ndarray, splits: Sequence[int] | None) -> np.ndarray:
    if splits is None or len(set(splits)) == 1:
        return differences
    place = np.unique(splits, return_inverse=True)[1]
    return np.bincount(place, differences) / np.bincount(place)


def _describe(units: np.ndarray, confidence: float, level: float) -> Difference:
    mean, count = float(units.mean()), len(units)
    if count < 2:
        return Difference(mean, math.nan, math.nan, math.nan, math.nan)
    if np.ptp(units) < _NOTHING:  # nothing varies: t is 0/0 or infinite
        p = 1.0 if abs(mean) < _NOTHING else 0.0
        # Every rank is a tie where nothing differs, and all agree where all do.
        rank = 1.0 if p else min(1.0, 2.0 ** (1 - count))
        return Difference(mean, mean, mean, p, p, mean, mean, rank, units=count)
    test: Any = ttest_1samp(units, 0.0)
    interval = test.confidence_interval(confidence)
    low, high = bootstrap.interval(units, confidence)
    effect = math.nan
    if count > 2:
        small = 1 - 3 / (4 * (count - 1) - 1)  # Hedges' correction
        effect = small * mean / float(units.std(ddof=1))
    signed_rank: Any = wilcoxon(units, zero_method="zsplit")
    return Difference(
        mean=mean,
        low=float(interval.low),
        high=float(interval.high),
        p_value=float(test.pvalue),
        adjusted=float(test.pvalue),
        bootstrap_low=low,
        bootstrap_high=high,
        wilcoxon=float(signed_rank.pvalue),
        effect=effect,
        units=count,
        needed=power.needed(effect, level),
    )

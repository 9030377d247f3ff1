"""Paired statistics over seeds."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import ttest_1samp

from graphattn._errors import require


@dataclass(frozen=True)
class Difference:
    """A mean difference with what is known about it.

    Attributes:
        mean: Of the differences, seed by seed.
        low: Lower end of the interval; NaN for fewer than two seeds.
        high: Upper end.
        p_value: Of the paired t test, two-sided; NaN for fewer than two seeds.
        adjusted: `p_value` after Holm's correction over the structures.
    """

    mean: float
    low: float
    high: float
    p_value: float
    adjusted: float


def paired_differences(
    values: Sequence[Sequence[float]],
    reference: Sequence[float],
    confidence: float = 0.95,
) -> list[Difference]:
    """Compares each structure with the reference, seed by seed.

    The interval is that of the paired t test, one per structure; the p-values are
    corrected after Holm for the number of structures.

    Args:
        values: One sequence per structure, in the order of the reference's seeds.
        reference: The metric of the reference, one per seed.
        confidence: That the interval holds the true mean, where the differences are
            normal.

    Raises:
        ValueError: A structure has another number of seeds.

    Source:
        Holm 1979, https://www.jstor.org/stable/4615733.
    """
    found = []
    for row in values:
        require(
            len(row) == len(reference),
            "paired_differences",
            "each structure needs one value per seed of the reference",
            {"values": list(row), "reference": list(reference)},
        )
        found.append(_interval(np.subtract(row, reference), confidence))
    adjusted = holm([row[3] for row in found])
    return [
        Difference(mean, low, high, p, after)
        for (mean, low, high, p), after in zip(found, adjusted, strict=True)
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


def _interval(
    differences: np.ndarray, confidence: float
) -> tuple[float, float, float, float]:
    mean = float(differences.mean())
    if len(differences) < 2:
        return mean, math.nan, math.nan, math.nan
    if np.ptp(differences) < 1e-12:  # nothing varies: t is 0/0 or infinite
        return mean, mean, mean, 1.0 if abs(mean) < 1e-12 else 0.0
    test: Any = ttest_1samp(differences, 0.0)
    interval = test.confidence_interval(confidence)
    return mean, float(interval.low), float(interval.high), float(test.pvalue)

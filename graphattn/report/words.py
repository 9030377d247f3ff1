"""What came out, in plain words."""

import math

from graphattn.compare.statistics import Difference
from graphattn.compare.summary import Comparison, Row


def question(comparison: Comparison) -> str:
    """Returns the question that a comparison answers."""
    return (
        f"Does it matter, on {comparison.data}, who may attend to whom? "
        f"({comparison.about}; predicted: {comparison.target}; metric: "
        f"{comparison.metric}, {'lower' if comparison.lower_is_better else 'higher'} "
        "is better)"
    )


def sentences(comparison: Comparison) -> list[str]:
    """Returns one sentence per structure that is not the reference."""
    return [
        _sentence(comparison, row, row.difference)
        for row in comparison.rows
        if row.difference is not None
    ]


def limits(comparison: Comparison) -> str:
    """Returns what the numbers rest on and what they do not show."""
    seeds = len(comparison.seeds)
    text = (
        f"{seeds} seed{'s' if seeds > 1 else ''}; each draws its own "
        f"{comparison.split} split, initial parameters and batches, the same for every "
        f"structure. Same model ({comparison.parameters:,} parameters), "
        f"{comparison.epochs} epochs, weights of the last epoch. No setting was tuned "
        "per structure; the defaults were chosen with edges on sodium_channel, which "
        "may favour edges. "
    )
    if seeds > 1:
        text += (
            f"Intervals: paired t, {comparison.confidence:.0%}, over seeds; p-values "
            "after Holm. Training parts of different seeds overlap, so the true "
            "uncertainty is somewhat larger. "
        )
    return text + "It says nothing about other data, models or longer training."


def _sentence(comparison: Comparison, row: Row, difference: Difference) -> str:
    pair = f"{row.structure} against {comparison.reference}"
    change = f"{comparison.metric} {signed(difference.mean)}"
    if math.isnan(difference.p_value):
        return f"{pair}: {change} on one seed; no interval, so no conclusion."
    level = f"{comparison.confidence:.0%}"
    interval = f"{signed(difference.low)} to {signed(difference.high)}"
    detail = f"{change} ({level} interval {interval}, {p_value(difference)})"
    if row.verdict == "no significant difference":
        return f"{pair}: no significant difference; {detail}."
    return f"{pair}: significantly {row.verdict}; {detail}."


def signed(value: float) -> str:
    """Returns a difference with its sign and three decimals."""
    return f"{value:+.3f}".replace("-", "\N{MINUS SIGN}")


def p_value(difference: Difference) -> str:
    """Returns the corrected p-value, three decimals or a bound."""
    p = difference.adjusted
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"

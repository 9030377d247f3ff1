"""What came out, in plain words."""

import math

from graphattn.compare.counted import counted
from graphattn.compare.statistics import Difference
from graphattn.compare.study import GIVEN
from graphattn.compare.summary import Comparison, Row


def question(comparison: Comparison) -> str:
    """Returns the question that a comparison answers."""
    return (
        f"Does it matter, on {comparison.data}, who may attend to whom? "
        f"({comparison.about}; predicted: {comparison.target}; metric: "
        f"{comparison.metric}, {'lower' if comparison.lower_is_better else 'higher'} "
        "is better)"
    )


def answer(comparison: Comparison) -> str:
    """Returns what came out in one sentence: full attention against the reference.

    Args:
        comparison: One data set; without full attention its last structure is taken.
    """
    others = [row for row in comparison.rows if row.difference is not None]
    if not others:
        return f"On {comparison.data} one attention alone was trained: no answer."
    row = next((row for row in others if row.structure == "full"), others[-1])
    own = next(r for r in comparison.rows if r.structure == comparison.reference)
    difference = row.difference
    assert difference is not None
    runs = counted(len(comparison.seeds), "run")
    words = {
        "better": f"{row.structure} is significantly better",
        "worse": f"{row.structure} is significantly worse",
        "no significant difference": "no significant difference",
    }.get(row.verdict, "too few runs to tell")
    numbers = ""
    if not math.isnan(difference.low):
        low, high = signed(difference.low), signed(difference.high)
        level = f"{comparison.confidence:.0%}"
        numbers = f"; {level} interval {low} to {high}, {p_value(difference)}"
    return (
        f"On {comparison.data}, {row.structure} attention reaches {comparison.metric} "
        f"{row.mean:.3f}, attention on {own.structure} {own.mean:.3f}: {words} "
        f"({signed(difference.mean)}{numbers}, {runs})."
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
    seeds, splits = len(comparison.seeds), comparison.splits
    length = comparison.length or counted(comparison.epochs, "epoch")
    text = f"{counted(seeds, 'seed')}; each draws its own "
    if splits < seeds or comparison.split == GIVEN:
        text += (
            f"initial parameters and batches, on "
            f"{counted(splits, f'{comparison.split} split')}, the same for every "
            "structure. "
        )
    else:
        text += (
            f"{comparison.split} split, initial parameters and batches, the same for "
            "every structure. "
        )
    text += f"Same model ({comparison.parameters:,} parameters), {length}. "
    if comparison.trials is None:
        text += (
            "No setting was tuned per structure; the defaults were chosen with edges "
            "on sodium_channel, which may favour edges. "
        )
    else:
        text += (
            "Learning rate and weight decay: the best of "
            f"{counted(comparison.trials, 'trial')} for every structure and split, by "
            "the validation part alone. "
        )
    names = {row.structure for row in comparison.rows}
    if "mean" in names:
        text += "The row mean has no attention, and so fewer parameters. "
    if "fingerprint" in names:
        text += "The row fingerprint is another model, which learns nothing by steps. "
    if seeds > 1:
        text += _uncertainty(comparison)
    return text + "It says nothing about other data, models or longer training."


def _uncertainty(comparison: Comparison) -> str:
    seeds, splits = len(comparison.seeds), comparison.splits
    text = (
        f"Intervals: paired t, {comparison.confidence:.0%}, over "
        f"{'splits' if 1 < splits < seeds else 'seeds'}; p-values after Holm; a "
        "difference is called significant only where the bootstrap interval leaves "
        "out zero, too. "
    )
    if splits == 1:
        return f"{text}All runs are on one split, and tell about that split alone. "
    return (
        f"{text}Training parts of different splits overlap, so the true uncertainty is "
        "somewhat larger. "
    )


def _sentence(comparison: Comparison, row: Row, difference: Difference) -> str:
    pair = f"{row.structure} against {comparison.reference}"
    change = f"{comparison.metric} {signed(difference.mean)}"
    if math.isnan(difference.p_value):
        return f"{pair}: {change} on one seed; no interval, so no conclusion."
    level = f"{comparison.confidence:.0%}"
    interval = f"{signed(difference.low)} to {signed(difference.high)}"
    detail = f"{change} ({level} interval {interval}, {p_value(difference)})"
    if row.verdict == "no significant difference":
        need = _need(difference, "split" if comparison.splits > 1 else "seed")
        return f"{pair}: no significant difference; {detail}.{need}"
    share = _share(comparison, difference)
    return f"{pair}: significantly {row.verdict}; {detail}.{share}"


def _share(comparison: Comparison, difference: Difference) -> str:
    if math.isnan(difference.above):
        return ""
    better = difference.above
    better = 1 - better if comparison.lower_is_better else better
    return (
        f" Better in {better:.0%} of the pairs; effect {signed(difference.effect)} "
        "standard deviations."
    )


def _need(difference: Difference, unit: str) -> str:
    if math.isnan(difference.effect):
        return ""
    if difference.more is None:
        return f" Over 1,000 {unit}s would be needed to tell one so small from none."
    if difference.more == 0:
        return ""
    return (
        " To tell one of this size from none, "
        f"{counted(difference.more, f'more {unit}')} would be needed (power 80%)."
    )


def signed(value: float) -> str:
    """Returns a difference with its sign and three decimals."""
    return f"{value:+.3f}".replace("-", "\N{MINUS SIGN}")


def p_value(difference: Difference) -> str:
    """Returns the corrected p-value, three decimals or a bound."""
    p = difference.adjusted
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}"

import math
from dataclasses import replace

import pytest

from graphattn.compare.run import RunResult
from graphattn.compare.statistics import Difference
from graphattn.compare.summary import Cost, complete_seeds, summarise, verdict

COST = Cost(pairs=7, pairs_per_graph=7.0, peak_bytes=None, kernel="portable")


def result(structure: str, seed: int, score: float, seconds=(0.5, 0.1, 0.2)):
    return RunResult("data", structure, seed, score, (score,), (1.0,), seconds)


def test_only_seeds_that_every_structure_finished_count():
    runs = [result("a", 0, 1), result("b", 0, 1), result("a", 1, 1)]
    assert complete_seeds(runs, ["a", "b"]) == (0,)


def test_a_row_is_paired_with_the_reference_seed_by_seed():
    runs = [
        result(name, seed, score)
        for name, scores in {"a": (1.0, 2.0, 3.0), "b": (1.5, 2.4, 3.6)}.items()
        for seed, score in enumerate(scores)
    ]
    costs = {"a": COST, "b": COST}
    terms = {"lower_is_better": True, "confidence": 0.95}
    first, second = summarise(runs[::-1], [0, 1, 2], costs, "a", **terms)
    assert first.difference is None
    assert (first.mean, first.std) == pytest.approx((2.0, 1.0))
    assert second.difference.mean == pytest.approx(0.5)
    assert second.verdict == "worse"
    assert second.epoch_seconds == 0.2


def test_processor_time_is_the_mean_over_runs():
    spent = (1.0, 2.0, 6.0)
    runs = [
        replace(result("a", seed, 1.0), cpu_seconds=s) for seed, s in enumerate(spent)
    ]
    terms = {"lower_is_better": True, "confidence": 0.95}
    (row,) = summarise(runs, [0, 1, 2], {"a": COST}, "a", **terms)
    assert row.cpu_seconds == 3.0


@pytest.mark.parametrize(
    ("mean", "adjusted", "lower_is_better", "want"),
    [
        (-0.1, 0.01, True, "better"),
        (-0.1, 0.01, False, "worse"),
        (0.1, 0.01, False, "better"),
        (0.1, 0.20, True, "no significant difference"),
        (0.1, math.nan, True, "?"),
    ],
)
def test_the_verdict_follows_from_the_corrected_p_value(
    mean, adjusted, lower_is_better, want
):
    difference = Difference(mean, mean - 1, mean + 1, 0.001, adjusted)
    assert verdict(difference, lower_is_better, level=0.05) == want

"""From runs to the rows of a table."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median, stdev
from typing import Literal

from graphattn.compare.run import RunResult
from graphattn.compare.statistics import Difference, paired_differences

Verdict = Literal["reference", "better", "worse", "no significant difference", "?"]


@dataclass(frozen=True)
class Cost:
    """What a structure costs, whatever the seed.

    Attributes:
        pairs: Attended pairs in all graphs of the data set.
        pairs_per_graph: Their mean over the graphs.
        peak_bytes: As in `memory.peak_bytes`, of one training step; None where the
            system does not tell.
        kernel: Which implementation ran; "dense" is matrix products over padded blocks.
    """

    pairs: int
    pairs_per_graph: float
    peak_bytes: float | None
    kernel: str


@dataclass(frozen=True)
class Row:
    """One structure on one data set.

    Attributes:
        structure: Its name.
        scores: The metric on the test part, one per seed.
        mean: Of the scores.
        std: Of the scores, with n - 1; NaN for one seed.
        difference: To the reference; None for the reference itself.
        verdict: What follows from the difference, in words.
        epoch_seconds: Median time of an epoch's training steps; NaN without epochs.
        cost: Pairs, memory, kernel.
        cpu_seconds: Mean processor time of a training: what it takes in energy.
    """

    structure: str
    scores: tuple[float, ...]
    mean: float
    std: float
    difference: Difference | None
    verdict: Verdict
    epoch_seconds: float
    cost: Cost
    cpu_seconds: float = float("nan")


@dataclass(frozen=True)
class Comparison:
    """All structures on one data set.

    Attributes:
        data: Name of the data set.
        about: The data in one line.
        target: What is predicted.
        metric: Its name.
        lower_is_better: Which way it is better.
        split: Kind of split.
        seeds: Numbers of the runs that every structure has finished.
        reference: The structure the others are compared with.
        epochs: Passes over the training data.
        parameters: Numbers in the model.
        confidence: Of the intervals.
        rows: One per structure.
        splits: How many splits the runs are on.
        length: Of each training, in words.
        trials: Of tuning, for each structure and split; None where nothing was tuned.
    """

    data: str
    about: str
    target: str
    metric: str
    lower_is_better: bool
    split: str
    seeds: tuple[int, ...]
    reference: str
    epochs: int
    parameters: int
    confidence: float
    rows: tuple[Row, ...]
    splits: int = 1
    length: str = ""
    trials: int | None = None


def complete_seeds(
    runs: Sequence[RunResult], structures: Sequence[str]
) -> tuple[int, ...]:
    """Returns the seeds that every structure has finished, in order.

    Args:
        runs: Those of one data set.
        structures: Names of the structures.
    """
    done = {(run.structure, run.seed) for run in runs}
    seeds = sorted({run.seed for run in runs})
    return tuple(s for s in seeds if all((name, s) in done for name in structures))


def summarise(
    runs: Sequence[RunResult],
    seeds: Sequence[int],
    costs: Mapping[str, Cost],
    reference: str,
    *,
    lower_is_better: bool,
    confidence: float,
) -> tuple[Row, ...]:
    """Returns one row per structure.

    Args:
        runs: Those of one data set.
        seeds: The seeds to use; every structure has run them.
        costs: One per structure, in the order of the rows.
        reference: The structure the others are compared with.
        lower_is_better: Which way the metric is better.
        confidence: Of the intervals.
    """
    found = {(run.structure, run.seed): run for run in runs}
    scores = {name: [found[name, seed].score for seed in seeds] for name in costs}
    others = [name for name in costs if name != reference]
    differences = dict(
        zip(
            others,
            paired_differences(
                [scores[name] for name in others],
                scores[reference],
                confidence,
                [found[reference, seed].split for seed in seeds],
            ),
            strict=True,
        )
    )
    return tuple(
        Row(
            structure=name,
            scores=tuple(scores[name]),
            mean=fmean(scores[name]),
            std=stdev(scores[name]) if len(seeds) > 1 else float("nan"),
            difference=differences.get(name),
            verdict=verdict(differences.get(name), lower_is_better, 1 - confidence),
            epoch_seconds=_median(
                seconds for seed in seeds for seconds in found[name, seed].epoch_seconds
            ),
            cost=cost,
            cpu_seconds=fmean(found[name, seed].cpu_seconds for seed in seeds),
        )
        for name, cost in costs.items()
    )


def _median(values: Iterable[float]) -> float:
    found = list(values)
    return median(found) if found else float("nan")


def verdict(
    difference: Difference | None, lower_is_better: bool, level: float
) -> Verdict:
    """Returns what follows from a difference, after Holm's correction.

    The bootstrap must agree: a structure is better or worse only where its interval
    leaves out zero, too.

    Args:
        difference: To the reference.
        lower_is_better: Which way the metric is better.
        level: Largest p-value that counts as significant.
    """
    if difference is None:
        return "reference"
    if difference.adjusted != difference.adjusted:  # one seed
        return "?"
    doubtful = difference.bootstrap_low <= 0 <= difference.bootstrap_high
    if difference.adjusted >= level or doubtful:
        return "no significant difference"
    return "better" if (difference.mean < 0) == lower_is_better else "worse"

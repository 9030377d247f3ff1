"""Runs a study: every data set, every seed, every structure."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

import torch

from graphattn.compare.graphs import Pairs
from graphattn.compare.memory import peak_bytes
from graphattn.compare.run import (
    RunResult,
    build_model,
    run,
    training_batches,
)
from graphattn.compare.splitting import kinds, split
from graphattn.compare.structures import Structure
from graphattn.compare.study import Study
from graphattn.compare.summary import Comparison, Cost, complete_seeds, summarise
from graphattn.compare.task import Task
from graphattn.models import Predictor
from graphattn.ops.kernels import kernel_for
from graphattn.training import Fitted

_WORTH_SHARING = 500  # nodes per step


class Watch(Protocol):
    """Someone who looks on."""

    def epoch(self, task: Task, structure: str, seed: int, fitted: Fitted) -> None:
        """An epoch has ended."""
        ...

    def run(self, result: RunResult) -> None:
        """A run has ended."""
        ...


@dataclass
class Outcome:
    """What a study gave, as far as it came.

    Attributes:
        study: The terms.
        comparisons: One per data set of which a seed was finished.
        runs: Every finished run.
        models: The trained models of the first seed, by data set and structure.
        tasks: The data sets, by name.
        interrupted: Whether the user stopped it.
    """

    study: Study
    comparisons: list[Comparison] = field(default_factory=list)
    runs: list[RunResult] = field(default_factory=list)
    models: dict[tuple[str, str], Predictor] = field(default_factory=dict)
    tasks: dict[str, Task] = field(default_factory=dict)
    interrupted: bool = False


def run_study(study: Study, tasks: Sequence[Task], watch: Watch) -> Outcome:
    """Runs all structures seed by seed, and compares them.

    For a seed all structures get the same split, initial parameters and batches. The
    seeds are the outer loop, so that a study that is stopped has compared fully on
    those it finished.

    Args:
        study: The terms.
        tasks: The data sets.
        watch: Is told of every epoch and run.
    """
    outcome = Outcome(study, tasks={task.name: task for task in tasks})
    for task in tasks:  # a split that does not suit is known before hours of training
        split(task, study.split, 0)
    for task in tasks:
        costs: dict[str, Cost] = {}
        try:
            with threads_for(study, task):
                _run_task(study, task, costs, outcome, watch)
        except KeyboardInterrupt:
            outcome.interrupted = True
        comparison = _compare(study, task, costs, outcome.runs)
        if comparison is not None:
            outcome.comparisons.append(comparison)
        if outcome.interrupted:
            break
    return outcome


@contextmanager
def threads_for(study: Study, task: Task) -> Iterator[int]:
    """Uses one thread where a step is too small to share out, and gives it back.

    A step over a few dozen nodes takes a few milliseconds, most of them in calls:
    waking other threads for each operation costs more than they save, and much more
    where other programs want the processor.

    Args:
        study: The terms.
        task: The data set.
    """
    before = torch.get_num_threads()
    nodes = task.graphs.sizes.double().mean() * study.budget(task.level).batch_size
    torch.set_num_threads(1 if nodes < _WORTH_SHARING else before)
    try:
        yield torch.get_num_threads()
    finally:
        torch.set_num_threads(before)


def _run_task(
    study: Study, task: Task, costs: dict[str, Cost], outcome: Outcome, watch: Watch
) -> None:
    pairs = {one.name: one.pairs(task.graphs) for one in study.structures}
    for one in study.structures:
        costs[one.name] = _cost(study, task, one, pairs[one.name])
    task = task.to(study.device)
    pairs = {k: None if p is None else p.to(study.device) for k, p in pairs.items()}
    for seed in range(study.budget(task.level).seeds):
        for name in pairs:

            def on_epoch(fitted: Fitted, name: str = name, seed: int = seed) -> None:
                watch.epoch(task, name, seed, fitted)

            result, model = run(task, pairs[name], study, name, seed, on_epoch)
            outcome.runs.append(result)
            watch.run(result)
            if seed == 0:
                outcome.models[task.name, name] = model.cpu()


def _cost(study: Study, task: Task, one: Structure, pairs: Pairs | None) -> Cost:
    counts = one.count(task.graphs, pairs)
    dense = one.build is None and study.score == "dot"  # padded blocks, matrix products
    train = split(task, study.split, 0).train
    size = study.budget(task.level).batch_size
    batch = next(iter(training_batches(task, pairs, train, size, seed=0)))
    model = build_model(task, study, seed=0)
    return Cost(
        pairs=int(counts.sum()),
        pairs_per_graph=float(counts.double().mean()),
        peak_bytes=peak_bytes(model, task.objective(train), batch),
        kernel="dense" if dense else kernel_for(study.device),
    )


def _compare(
    study: Study, task: Task, costs: dict[str, Cost], runs: Sequence[RunResult]
) -> Comparison | None:
    own = [run for run in runs if run.data == task.name]
    seeds = complete_seeds(own, [one.name for one in study.structures])
    if not seeds:
        return None
    objective = task.objective(split(task, study.split, 0).train)
    rows = summarise(
        own,
        seeds,
        costs,
        study.reference.name,
        lower_is_better=objective.lower_is_better,
        confidence=study.confidence,
    )
    model = build_model(task, study, seed=0)
    return Comparison(
        data=task.name,
        about=task.about,
        target=task.target,
        metric=objective.metric,
        lower_is_better=objective.lower_is_better,
        split=study.split or kinds(task)[0],
        seeds=seeds,
        reference=study.reference.name,
        epochs=study.budget(task.level).epochs,
        parameters=sum(p.numel() for p in model.parameters()),
        confidence=study.confidence,
        rows=rows,
    )

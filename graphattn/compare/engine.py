"""Runs a study: every data set, every seed, every structure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Protocol

from graphattn._errors import require
from graphattn.compare.folder.places import Places
from graphattn.compare.folder.shared import Shared
from graphattn.compare.graphs import Pairs
from graphattn.compare.judging import check_judged
from graphattn.compare.memory import peak_bytes
from graphattn.compare.parallel import side_by_side
from graphattn.compare.run import RunResult, build_model, training_batches
from graphattn.compare.splitting import kinds, split
from graphattn.compare.structures import Structure
from graphattn.compare.study import Study
from graphattn.compare.summary import Comparison, Cost, complete_seeds, summarise
from graphattn.compare.task import Task
from graphattn.compare.work import Done, Listed, Prepared, Run, one_by_one, threads_for
from graphattn.models import Predictor
from graphattn.ops.kernels import kernel_for


class Watch(Protocol):
    """Someone who looks on."""

    def epoch(self, run: Run) -> None:
        """An epoch of a run has ended."""
        ...

    def run(self, result: RunResult) -> None:
        """A run has ended."""
        ...

    def found(self, result: RunResult) -> None:
        """A run had been done before, or by another process."""
        ...

    def note(self, text: str) -> None:
        """Something is to be said."""
        ...


@dataclass
class Outcome:
    """What a study gave, as far as it came.

    Attributes:
        study: The terms.
        tasks: The data sets, by name.
        comparisons: One per data set of which a seed was finished.
        runs: Every finished run.
        models: The trained models; a fingerprint has none.
        interrupted: Whether the user stopped it.
    """

    study: Study
    tasks: Mapping[str, Task]
    comparisons: list[Comparison] = field(default_factory=list)
    runs: list[RunResult] = field(default_factory=list)
    models: dict[Run, Predictor] = field(default_factory=dict)
    interrupted: bool = False


def run_study(
    study: Study,
    tasks: Sequence[Task],
    watch: Watch,
    *,
    jobs: int = 1,
    folder: Path | None = None,
) -> Outcome:
    """Runs all structures seed by seed, and compares them.

    For a run all structures get the same split, initial parameters and batches. The
    seeds are the outer loop, so that a study that is stopped has compared fully on
    those it finished.

    Args:
        study: The terms.
        tasks: The data sets.
        watch: Is told of every epoch and run.
        jobs: How many runs go side by side, each on one thread.
        folder: Where every run is kept as it ends. What lies there under the same terms
            is not run again; other processes may work on the same folder.

    Raises:
        ValueError: Two data sets have one name, or a split or the metric does not suit
            its data.
    """
    outcome = Outcome(study, {task.name: task for task in tasks})
    _check(study, tasks, jobs)
    costs: dict[str, dict[str, Cost]] = {}
    try:
        prepared = {task.name: Prepared.of(study, task) for task in tasks}
        for name, one in prepared.items():
            costs[name] = _costs(study, one)
        execute = one_by_one if jobs == 1 else partial(side_by_side, jobs=jobs)
        if folder is None:
            queue = Listed(_runs(study, tasks))
            for done in execute(study, prepared, queue, watch.epoch):
                _note(outcome, done, watch.run)
        else:
            _in_folder(outcome, prepared, execute, watch, folder)
    except KeyboardInterrupt:
        outcome.interrupted = True
    compared = (_compare(study, task, costs, outcome.runs) for task in tasks)
    outcome.comparisons = [one for one in compared if one is not None]
    return outcome


def _in_folder(
    outcome: Outcome,
    prepared: Mapping[str, Prepared],
    execute: Callable[..., Iterator[Done]],
    watch: Watch,
    folder: Path,
) -> None:
    study, tasks = outcome.study, outcome.tasks
    places = Places.of(folder, study, tasks.values())
    runs = list(_runs(study, list(tasks.values())))
    shared = Shared(places, study, tasks, runs, watch.note)

    def log_of(run: Run) -> Path:
        return places.run(run, ".csv")

    try:
        with shared.errors():
            for done in execute(study, prepared, shared, watch.epoch, log_of):
                shared.save(*done)
                _note(outcome, done, watch.run)
                _read(outcome, shared, watch)
    finally:
        _read(outcome, shared, watch)
        shared.close()
        outcome.runs.sort(key=lambda run: runs.index(_of(run)))


def _read(outcome: Outcome, shared: Shared, watch: Watch) -> None:
    while shared.finished:
        _note(outcome, shared.finished.pop(0), watch.found)


def _note(outcome: Outcome, done: Done, tell: Callable[[RunResult], None]) -> None:
    result, model = done
    outcome.runs.append(result)
    if model is not None:
        outcome.models[_of(result)] = model
    tell(result)


def _of(result: RunResult) -> Run:
    return Run(result.data, result.structure, result.seed)


def _check(study: Study, tasks: Sequence[Task], jobs: int) -> None:
    names = [task.name for task in tasks]
    rule = "each data set needs a name of its own"
    require(len(set(names)) == len(names), "compare", rule, {"data": names})
    require(jobs >= 1, "compare", "jobs must be at least 1", {"jobs": jobs})
    for task in tasks:
        check_judged(study, task)


def _runs(study: Study, tasks: Sequence[Task]) -> Iterator[Run]:
    for task in tasks:
        for seed in study.runs(task.level):
            for one in study.structures_for(task):
                yield Run(task.name, one.name, seed)


def _costs(study: Study, prepared: Prepared) -> dict[str, Cost]:
    with threads_for(study, prepared.task):
        return {
            one.name: _cost(study, prepared.task, one, prepared.pairs[one.name])
            for one in study.structures_for(prepared.task)
        }


def _cost(study: Study, task: Task, one: Structure, pairs: Pairs | None) -> Cost:
    if one.kind == "fingerprint":
        return Cost(0, 0.0, None, "sklearn")
    counts = one.count(task.graphs, pairs)
    dense = one.build is None and study.score == "dot"  # padded blocks, matrix products
    train = split(task, study.split, 0).train
    size = study.budget(task.level).batch_size
    batch = next(iter(training_batches(task, pairs, train, size, seed=0)))
    model = build_model(task, study, 0, one.kind)
    kernel = "dense" if dense else kernel_for(study.device)
    return Cost(
        pairs=int(counts.sum()),
        pairs_per_graph=float(counts.double().mean()),
        peak_bytes=peak_bytes(model, task.objective(train), batch),
        kernel="PyG" if one.kind == "mean" else kernel,
    )


def _compare(
    study: Study,
    task: Task,
    costs: Mapping[str, Mapping[str, Cost]],
    runs: Sequence[RunResult],
) -> Comparison | None:
    own = [run for run in runs if run.data == task.name]
    seeds = complete_seeds(own, [one.name for one in study.structures_for(task)])
    if not seeds:
        return None
    objective = task.objective(split(task, study.split, 0).train, study.metric)
    rows = summarise(
        own,
        seeds,
        costs[task.name],
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
        splits=len({study.split_of(task.level, seed) for seed in seeds}),
        length=study.length(task.level),
        trials=study.tune,
        reference=study.reference.name,
        epochs=study.budget(task.level).epochs,
        parameters=sum(p.numel() for p in model.parameters()),
        confidence=study.confidence,
        rows=rows,
    )

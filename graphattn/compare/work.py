"""The runs of a study, one after the other."""

import csv
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

import torch

from graphattn.compare.fingerprints import fingerprint_score
from graphattn.compare.graphs import Pairs
from graphattn.compare.run import RunResult, run
from graphattn.compare.structures import structure
from graphattn.compare.study import Study
from graphattn.compare.task import Task
from graphattn.compare.tuning import tuned
from graphattn.models import Predictor
from graphattn.training import Fitted

POLL_SECONDS = 0.2
_WORTH_SHARING = 500  # nodes per step


class Run(NamedTuple):
    """What a run is of: the name of its data, its structure and its seed."""

    data: str
    structure: str
    seed: int


class Queue(Protocol):
    """Runs that wait to be done."""

    @property
    def is_open(self) -> bool:
        """Whether any are left."""
        ...

    def take(self) -> Run | None:
        """Returns one to do; None where there is none at the moment."""
        ...


class Listed:
    """A queue of nobody but this process."""

    def __init__(self, runs: Iterable[Run]) -> None:
        """Lines up the runs.

        Args:
            runs: What to run, in order.
        """
        self._waiting = deque(runs)

    @property
    def is_open(self) -> bool:
        """Whether any are left."""
        return bool(self._waiting)

    def take(self) -> Run | None:
        """Returns the next."""
        return self._waiting.popleft() if self._waiting else None


@dataclass(frozen=True, eq=False)
class Prepared:
    """A data set with who attends to whom under each structure.

    Attributes:
        task: The data set.
        pairs: By name of the structure; None is full attention.
    """

    task: Task
    pairs: Mapping[str, Pairs | None]

    @classmethod
    def of(cls, study: Study, task: Task) -> "Prepared":
        """Finds the pairs of all structures.

        Args:
            study: The terms.
            task: The data set.
        """
        structures = study.structures_for(task)
        return cls(task, {one.name: one.pairs(task.graphs) for one in structures})

    def pairs_of(self, one: Run) -> Pairs | None:
        """Returns the pairs of a run; those of some structures are drawn for it.

        Args:
            one: The run.
        """
        found = self.pairs[one.structure]
        rule = structure(one.structure)
        if found is None or not rule.drawn or one.seed == 0:
            return found
        drawn = rule.pairs(self.task.graphs, one.seed)
        assert drawn is not None
        return drawn

    def to(self, device: str) -> "Prepared":
        """Returns the data and the pairs on `device`."""
        pairs = {k: None if p is None else p.to(device) for k, p in self.pairs.items()}
        return Prepared(self.task.to(device), pairs)


Done = tuple[RunResult, Predictor | None]
OnEpoch = Callable[[Run], None]
LogOf = Callable[[Run], Path | None]


def no_log(_: Run) -> None:
    """Where metrics go that nobody keeps."""


def one_by_one(
    study: Study,
    prepared: Mapping[str, Prepared],
    queue: Queue,
    on_epoch: OnEpoch,
    log_of: LogOf = no_log,
) -> Iterator[Done]:
    """Yields the result and the model of every run, in order.

    Args:
        study: The terms.
        prepared: By name of the data.
        queue: What to run.
        on_epoch: Called after every epoch of a run.
        log_of: Where the metrics of a run go, epoch by epoch.
    """
    there = {name: one.to(study.device) for name, one in prepared.items()}
    while queue.is_open:
        if (one := queue.take()) is None:
            if queue.is_open:
                time.sleep(POLL_SECONDS)
            continue
        with threads_for(study, there[one.data].task):
            prepared_one = there[one.data]
            result, model = do(study, prepared_one, one, on_epoch, log_of(one))
        yield result, None if model is None else model.cpu()


def do(
    study: Study,
    prepared: Prepared,
    one: Run,
    on_epoch: OnEpoch,
    log: Path | None = None,
) -> Done:
    """Trains and tests once.

    Args:
        study: The terms.
        prepared: The data of the run.
        one: The run.
        on_epoch: Called after every epoch.
        log: A csv file for the metrics, written epoch by epoch.
    """
    task, name, seed = prepared.task, one.structure, one.seed
    if structure(name).kind == "fingerprint":
        return _fingerprint(study, task, one), None

    def told(fitted: Fitted) -> None:
        if log is not None:
            _write(log, fitted)
        on_epoch(one)

    pairs = prepared.pairs_of(one)
    found = None
    if study.tune is not None:
        folder = None if log is None else log.parent
        found = tuned(study, task, pairs, name, seed, folder)
    return run(task, pairs, study, name, seed, told, found)


def _fingerprint(study: Study, task: Task, one: Run) -> RunResult:
    number = study.split_of(task.level, one.seed)
    score, seconds = fingerprint_score(task.to("cpu"), study, number)
    return RunResult(*one, score, (), (), (), number, seconds)


def _write(log: Path, fitted: Fitted) -> None:
    epoch = len(fitted.losses)
    row = (epoch, fitted.losses[-1], fitted.scores[-1], fitted.seconds[-1])
    with log.open("w" if epoch == 1 else "a", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        if epoch == 1:
            writer.writerow(("epoch", "loss", "validation", "seconds"))
        writer.writerow(row)


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

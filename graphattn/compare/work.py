"""The runs of a study, one after the other."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

import torch

from graphattn.compare.graphs import Pairs
from graphattn.compare.run import RunResult, run
from graphattn.compare.study import Study
from graphattn.compare.task import Task
from graphattn.models import Predictor

_WORTH_SHARING = 500  # nodes per step


class Run(NamedTuple):
    """What a run is of: the name of its data, its structure and its seed."""

    data: str
    structure: str
    seed: int


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
        return cls(task, {one.name: one.pairs(task.graphs) for one in study.structures})

    def to(self, device: str) -> "Prepared":
        """Returns the data and the pairs on `device`."""
        pairs = {k: None if p is None else p.to(device) for k, p in self.pairs.items()}
        return Prepared(self.task.to(device), pairs)


Done = tuple[RunResult, Predictor]
OnEpoch = Callable[[Run], None]


def one_by_one(
    study: Study,
    prepared: Mapping[str, Prepared],
    runs: Sequence[Run],
    on_epoch: OnEpoch,
) -> Iterator[Done]:
    """Yields the result and the model of every run, in order.

    Args:
        study: The terms.
        prepared: By name of the data.
        runs: What to run.
        on_epoch: Called after every epoch of a run.
    """
    there = {name: one.to(study.device) for name, one in prepared.items()}
    for one in runs:
        with threads_for(study, there[one.data].task):
            result, model = do(study, there[one.data], one, on_epoch)
        yield result, model.cpu()


def do(study: Study, prepared: Prepared, one: Run, on_epoch: OnEpoch) -> Done:
    """Trains and tests once.

    Args:
        study: The terms.
        prepared: The data of the run.
        one: The run.
        on_epoch: Called after every epoch.
    """
    pairs = prepared.pairs[one.structure]
    task, name, seed = prepared.task, one.structure, one.seed
    return run(task, pairs, study, name, seed, lambda _: on_epoch(one))


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

"""Which split each kind of data gets, drawn anew for every seed, or given."""

from collections.abc import Callable

from graphattn._errors import require
from graphattn.compare.study import GIVEN
from graphattn.compare.task import Task
from graphattn.datasets import splits
from graphattn.datasets.splits import Split

TRAIN_PER_CLASS = 4
VAL_PER_CLASS = 3

_FOR: dict[str, Callable[[Task, int], Split]] = {
    "random": lambda task, seed: splits.random(task.num_items, seed=seed),
    "stratified": lambda task, seed: splits.stratified(task.graphs.y, seed=seed),
    "scaffold": lambda task, seed: splits.scaffold(task.smiles, seed=seed),
    GIVEN: lambda task, seed: splits.given(task.parts),
    "per-class": lambda task, seed: splits.per_class(
        task.graphs.y,
        train_per_class=TRAIN_PER_CLASS,
        val_per_class=VAL_PER_CLASS,
        seed=seed,
    ),
}


def kinds(task: Task) -> tuple[str, ...]:
    """Returns the splits that make sense for `task`, the default first."""
    given = (GIVEN,) if task.parts else ()
    if task.level == "node":
        return ("per-class", "stratified", *given)
    scaffold = ("scaffold",) if task.kind == "molecules" else ()
    if task.is_regression or task.is_labels or task.graphs.of_nodes:
        return (*scaffold, "random", *given)
    return ("stratified", "random", *scaffold, *given)


def split(task: Task, kind: str | None, seed: int) -> Split:
    """Splits the items of a task.

    Args:
        task: What is split.
        kind: One of `kinds(task)`; None is the first.
        seed: Of the draw.

    Raises:
        ValueError: This split does not suit the data, or leaves a part empty.
    """
    known = kinds(task)
    require(
        kind is None or kind in known,
        "compare",
        "this split does not suit the data",
        {"split": kind, "data": task.name, "known": list(known)},
    )
    return _FOR[known[0] if kind is None else kind](task, seed)

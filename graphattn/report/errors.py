"""How wrong the models are, item by item."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int, Shaped
from torch import Tensor

from graphattn.compare.graphs import Pairs
from graphattn.compare.run import scoring_batches
from graphattn.compare.task import Task
from graphattn.datasets.splits import Split
from graphattn.models import Predictor
from graphattn.training import Labels, Objective, Regression


@dataclass(frozen=True, eq=False)
class ItemErrors:
    """Errors on the test parts, a mean over the seeds that tested an item.

    Attributes:
        unit: What an error is.
        items: Positions of the molecules, nodes, ... that were tested at least once.
        tests: How many seeds tested each.
        errors: By structure.
    """

    unit: str
    items: Int[np.ndarray, " items"]
    tests: Int[np.ndarray, " items"]
    errors: Mapping[str, Float[np.ndarray, " items"]]


def item_errors(
    task: Task,
    pairs: Mapping[str, Pairs | None],
    models: Mapping[str, Mapping[int, Predictor]],
    parts: Mapping[int, Split],
) -> ItemErrors:
    """Returns the error of every structure on every item that was tested.

    Args:
        task: The data set.
        pairs: Who attends to whom, by structure.
        models: By structure and seed; in evaluation mode, the same seeds for all.
        parts: By seed: on what it was trained, and what it was tested on.
    """
    total = {name: np.zeros(task.num_items) for name in models}
    tests = np.zeros(task.num_items, dtype=np.int64)
    unit = ""
    for seed, part in parts.items():
        objective = task.objective(part.train)
        unit = _unit(task, objective)
        tests[part.test.numpy()] += 1
        for name, by_seed in models.items():
            predicted, y = predict(by_seed[seed], task, pairs[name], part.test)
            errors = _by_item(task, part.test, _errors(objective, predicted, y))
            total[name][part.test.numpy()] += errors.numpy()
    items = tests.nonzero()[0]
    means = {name: each[items] / tests[items] for name, each in total.items()}
    return ItemErrors(unit, items, tests[items], means)


@torch.no_grad()
def predict(
    model: Predictor, task: Task, pairs: Pairs | None, items: Int[Tensor, " items"]
) -> tuple[Float[Tensor, "items outputs"], Shaped[Tensor, "items ..."]]:
    """Returns what the model says of some items, and what is true.

    Args:
        model: In evaluation mode.
        task: The data set.
        pairs: Who attends to whom.
        items: Positions of the items.
    """
    batches = scoring_batches(task, pairs, items)
    return torch.cat([model(b) for b in batches]), torch.cat([b.y for b in batches])


def _errors(objective: Objective, predicted: Tensor, y: Tensor) -> Tensor:
    if isinstance(objective, Regression):
        error = (predicted * objective.std + objective.mean - y).abs()
    elif isinstance(objective, Labels):
        error = (predicted.sigmoid() - y).abs()
    else:
        return 1 - predicted.softmax(1).gather(1, y[:, None])[:, 0].double()
    return error.double().nanmean(1).nan_to_num(0.0)  # none of the targets is known


def _by_item(task: Task, items: Tensor, errors: Tensor) -> Tensor:
    """Of a graph whose nodes are predicted the mean over those whose class is known."""
    if not task.graphs.of_nodes:
        return errors
    known = (task.graphs.y >= 0).long()
    every = torch.zeros(task.num_items, dtype=torch.long)
    counts = every.index_add(0, task.graphs.batch, known)[items]
    item = torch.arange(len(items)).repeat_interleave(counts)
    total = errors.new_zeros(len(items)).index_add(0, item, errors)
    return total / counts.clamp(min=1)


def _unit(task: Task, objective: Objective) -> str:
    if isinstance(objective, Regression):
        return f"absolute error ({task.target})"
    if isinstance(objective, Labels):
        return "distance of the probability from the answer"
    return "probability given to wrong classes"

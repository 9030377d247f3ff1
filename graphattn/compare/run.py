"""One run: one structure, one seed."""

import math
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import torch
from jaxtyping import Int
from torch import Tensor

from graphattn.compare.graphs import Graphs, Pairs, collate
from graphattn.compare.neighbours import mean_model
from graphattn.compare.specification import Specification
from graphattn.compare.splitting import split
from graphattn.compare.structures import Kind
from graphattn.compare.structures import structure as named
from graphattn.compare.study import Study
from graphattn.compare.task import Task
from graphattn.models import GraphBatch, Predictor
from graphattn.training import Fitted, Settings, evaluate, fit, own_share

_EVALUATION_BATCH = 256


@dataclass(frozen=True)
class RunResult:
    """What one run gave.

    Attributes:
        data: Name of the data set.
        structure: Name of the structure.
        seed: Of initialisation and batches.
        score: The metric on the test part after the last epoch.
        val_scores: The metric on the validation part after every epoch.
        losses: Mean training loss of every epoch.
        epoch_seconds: Time of the training steps of every epoch.
        split: Number of the split: its seed, where it is drawn.
        cpu_seconds: Processor time of the training, all threads together.
    """

    data: str
    structure: str
    seed: int
    score: float
    val_scores: tuple[float, ...]
    losses: tuple[float, ...]
    epoch_seconds: tuple[float, ...]
    split: int = 0
    cpu_seconds: float = math.nan


class EpochBatches:
    """The training batches, in a new random order every epoch.

    The order comes from a generator of its own, so a seed gives the same batches
    whatever the structure. Where several processes train one model, each gets its share
    of every batch.
    """

    def __init__(
        self,
        graphs: Graphs,
        pairs: Pairs | None,
        chosen: Int[Tensor, " num_chosen"],
        batch_size: int,
        seed: int,
    ) -> None:
        """Notes what to draw from.

        Args:
            graphs: All graphs.
            pairs: Who attends to whom.
            chosen: The graphs of the training part.
            batch_size: Graphs per batch.
            seed: Of the order.
        """
        self.graphs = graphs
        self.pairs = pairs
        self.chosen = chosen
        self.batch_size = batch_size
        self.generator = torch.Generator().manual_seed(seed)
        self.share = own_share()

    def __len__(self) -> int:
        """Returns the number of batches in an epoch."""
        return -(-len(self.chosen) // self.batch_size)

    def __iter__(self) -> Iterator[GraphBatch]:
        """Yields the batches of one epoch."""
        order = torch.randperm(len(self.chosen), generator=self.generator)
        for part in self.chosen[order].split(self.batch_size):
            yield collate(self.graphs, self.pairs, self.share.of(part))


def build_model(
    task: Task, study: Study, seed: int, kind: Kind = "attention"
) -> Predictor:
    """Returns the model of a seed: no structure has a say in it.

    Args:
        task: What is predicted.
        study: The terms.
        seed: Of the initialisation.
        kind: Whether it attends, or takes means.
    """
    return model_of(Specification.of(task, study), seed, kind)


def model_of(specification: Specification, seed: int, kind: Kind) -> Predictor:
    """Returns the model of a specification.

    Args:
        specification: What it is made of.
        seed: Of the initialisation.
        kind: Whether it attends, or takes means.
    """
    if kind == "mean":
        return mean_model(specification, seed)
    return specification.build(seed)


def training_batches(
    task: Task,
    pairs: Pairs | None,
    train: Int[Tensor, " rows"],
    batch_size: int,
    seed: int,
) -> EpochBatches | list[GraphBatch]:
    """Returns what one epoch trains on; of one graph, that graph every time.

    Args:
        task: What is predicted.
        pairs: Who attends to whom.
        train: Positions of the training items.
        batch_size: Graphs per batch.
        seed: Of the order.
    """
    if task.level == "node":
        return [_rows(task, pairs, own_share().of(train))]
    return EpochBatches(task.graphs, pairs, train, batch_size, seed)


def scoring_batches(
    task: Task, pairs: Pairs | None, chosen: Int[Tensor, " rows"]
) -> list[GraphBatch]:
    """Returns batches that hold the chosen items once, in order.

    Args:
        task: What is predicted.
        pairs: Who attends to whom.
        chosen: Positions of the items.
    """
    if task.level == "node":
        return [_rows(task, pairs, chosen)]
    parts = chosen.split(_EVALUATION_BATCH)
    return [collate(task.graphs, pairs, part) for part in parts]


def run(
    task: Task,
    pairs: Pairs | None,
    study: Study,
    structure: str,
    seed: int,
    on_epoch: Callable[[Fitted], None] = lambda _: None,
    tuned: Mapping[str, float] | None = None,
) -> tuple[RunResult, Predictor]:
    """Trains and tests one structure with one seed.

    Args:
        task: What is predicted.
        pairs: Who attends to whom.
        study: The terms.
        structure: Name of the structure.
        seed: Of initialisation and batches; it says which split, too.
        on_epoch: Called after every epoch.
        tuned: Learning rate and weight decay; None takes those of the terms.

    Returns:
        The numbers, and the trained model.
    """
    budget = study.budget(task.level)
    number = study.split_of(task.level, seed)
    parts = split(task, study.split, number)
    train, val, test = (part.to(study.device) for part in parts)
    objective = task.objective(train, study.metric)
    kind = named(structure).kind
    model = build_model(task, study, seed, kind).to(study.device)
    settings = Settings(
        budget.epochs, budget.learning_rate, budget.weight_decay, **study.training
    )
    settings = replace(settings, **(tuned or {}))
    batches = training_batches(task, pairs, train, budget.batch_size, seed)
    if study.pairs is not None:
        each = _pairs_per_step(task, pairs, train, len(batches)) * study.accumulate
        settings = replace(settings, steps=max(1, round(study.pairs / each)))
    begun = time.process_time()
    fitted = fit(
        model,
        objective,
        batches,
        scoring_batches(task, pairs, val),
        settings,
        device=study.device,
        on_epoch=on_epoch,
    )
    spent = time.process_time() - begun
    model.eval()
    result = RunResult(
        data=task.name,
        structure=structure,
        seed=seed,
        score=evaluate(model, objective, scoring_batches(task, pairs, test)),
        val_scores=tuple(fitted.scores),
        losses=tuple(fitted.losses),
        epoch_seconds=tuple(fitted.seconds),
        split=number,
        cpu_seconds=spent,
    )
    return result, model


def _pairs_per_step(
    task: Task, pairs: Pairs | None, train: Tensor, steps: int
) -> float:
    graphs = task.graphs
    counts = graphs.sizes.square() if pairs is None else pairs.ptr.diff()
    if task.level == "node":
        return float(counts.sum())
    return float(counts[train].sum()) / steps


def _rows(task: Task, pairs: Pairs | None, rows: Tensor) -> GraphBatch:
    graphs = replace(task.graphs, y=task.graphs.y[None])
    batch = collate(graphs, pairs, graphs.ptr.new_zeros(1))
    return replace(batch, rows=rows, y=task.graphs.y[rows])

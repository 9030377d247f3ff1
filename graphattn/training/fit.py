"""Fit a model and watch it: a few lines around Lightning's trainer."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

import lightning.pytorch as pl
import torch
from lightning.pytorch.strategies import DDPStrategy
from torch import nn

from graphattn.models import GraphBatch
from graphattn.training.module import Learner
from graphattn.training.objective import Objective
from graphattn.training.quiet import quiet_lightning
from graphattn.training.settings import Settings
from graphattn.training.share import own_share
from graphattn.training.stopping import Patience


class Batches(Iterable[GraphBatch], Sized, Protocol):
    """Something that yields the batches of an epoch and knows how many there are."""


@dataclass
class Fitted:
    """What happened, epoch by epoch.

    Attributes:
        losses: Mean training loss.
        scores: The metric on the validation batches after the epoch.
        seconds: Time of the training steps, without the validation.
    """

    losses: list[float] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


def fit(
    model: nn.Module,
    objective: Objective,
    train: Batches,
    val: Iterable[GraphBatch],
    settings: Settings,
    *,
    device: str = "cpu",
    on_epoch: Callable[[Fitted], None] = lambda _: None,
    log: Path | None = None,
) -> Fitted:
    """Trains `model` in place, to the end: the weights are those of the last epoch.

    No epoch is chosen by its validation score: with a cosine schedule the last is as
    good as the best, and nothing about the comparison hangs on a choice. With
    `Settings.patience` training stops early, at the best epoch.

    Under torchrun all processes train one model, each on its share of every batch, as
    `share.own_share` says; `train` must yield that share.

    Args:
        model: Maps a batch to predictions.
        objective: The loss and the metric.
        train: Yields the batches of one epoch, each time it is iterated.
        val: Batches that are scored after every epoch and never learned from.
        settings: The optimiser's numbers.
        device: "cpu" or "cuda".
        on_epoch: Called after every epoch.
        log: A folder for TensorBoard; None writes none.

    Raises:
        ImportError: A log is asked for and tensorboard is not installed.
        KeyboardInterrupt: The user pressed Ctrl-C.
    """
    model.train()
    watcher = _Watcher(model, objective, val, on_epoch)
    callbacks: list[pl.Callback] = [watcher]
    if settings.patience is not None:
        lower = objective.lower_is_better
        callbacks.append(Patience(settings.patience, watcher.fitted.scores, lower))
    with quiet_lightning():
        trainer = pl.Trainer(
            **_length(settings),
            **_spread(device),
            precision=settings.precision,  # pyright: ignore[reportArgumentType]
            accumulate_grad_batches=settings.accumulate,
            gradient_clip_val=settings.clip,
            callbacks=callbacks,
            logger=False if log is None else _tensorboard(log),
            log_every_n_steps=1,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
        )
        _interruptible(trainer, Learner(model, objective, settings), train, watcher)
    return watcher.fitted


@torch.no_grad()
def evaluate(
    model: nn.Module, objective: Objective, batches: Iterable[GraphBatch]
) -> float:
    """Returns the metric over all rows of `batches`.

    Args:
        model: Maps a batch to predictions.
        objective: The metric.
        batches: What to score.
    """
    was_training = model.training
    model.eval()
    pairs = [(model(batch), batch.y) for batch in batches]
    model.train(was_training)
    predictions, targets = zip(*pairs, strict=True)
    return objective.score(torch.cat(predictions), torch.cat(targets))


def _length(settings: Settings) -> dict[str, Any]:
    if settings.steps is not None:
        return {"max_epochs": -1, "max_steps": settings.steps}
    if settings.seconds is not None:
        return {"max_epochs": -1, "max_time": timedelta(seconds=settings.seconds)}
    return {"max_epochs": settings.epochs}


def _spread(device: str) -> dict[str, Any]:
    world = own_share().world
    if world == 1:
        return {"accelerator": device, "devices": 1}
    here = int(os.environ.get("LOCAL_WORLD_SIZE", world))
    backend = "gloo" if device == "cpu" else "nccl"
    strategy = DDPStrategy(process_group_backend=backend)
    nodes = {"devices": here, "num_nodes": world // here}
    # The batches come as shares already.
    return {
        "accelerator": device,
        "strategy": strategy,
        "use_distributed_sampler": False,
        **nodes,
    }


def _tensorboard(folder: Path) -> Any:
    try:
        from lightning.pytorch.loggers import TensorBoardLogger

        return TensorBoardLogger(folder, name="", version="")
    except ModuleNotFoundError as error:
        message = "logs for TensorBoard need tensorboard; run: pip install tensorboard"
        raise ImportError(message) from error


class _Loader:
    # Lightning takes a list apart: to it, each of its items is a loader.
    def __init__(self, batches: Batches) -> None:
        self.batches = batches

    def __len__(self) -> int:
        return len(self.batches)

    def __iter__(self) -> Iterator[GraphBatch]:
        return iter(self.batches)


class _Watcher(pl.Callback):
    def __init__(
        self,
        model: nn.Module,
        objective: Objective,
        val: Iterable[GraphBatch],
        on_epoch: Callable[[Fitted], None],
    ) -> None:
        self.model = model
        self.objective = objective
        self.val = val
        self.on_epoch = on_epoch
        self.fitted = Fitted()
        self.interrupted = False
        self._losses: list[torch.Tensor] = []
        self._start = 0.0

    def on_train_epoch_start(self, trainer, pl_module) -> None:
        self._losses = []
        self._start = time.perf_counter()

    def on_train_batch_end(self, trainer, pl_module, outputs, batch, batch_idx) -> None:
        assert isinstance(outputs, Mapping)
        self._losses.append(outputs["loss"].detach())

    def on_train_epoch_end(self, trainer, pl_module) -> None:
        loss = float(torch.stack(self._losses).mean())  # waits for the device
        self.fitted.seconds.append(time.perf_counter() - self._start)
        self.fitted.losses.append(loss)
        score = evaluate(self.model, self.objective, self.val)
        self.fitted.scores.append(score)
        for logger in trainer.loggers:
            named = {"loss": loss, f"validation {self.objective.metric}": score}
            logger.log_metrics(named, step=len(self.fitted.losses))
        self.on_epoch(self.fitted)

    def on_exception(self, trainer, pl_module, exception) -> None:
        self.interrupted = isinstance(exception, KeyboardInterrupt)


def _interruptible(
    trainer: pl.Trainer, learner: Learner, train: Batches, watcher: _Watcher
) -> None:
    # Lightning turns Ctrl-C into sys.exit(1) and leaves SIGINT ignored.
    on_main = threading.current_thread() is threading.main_thread()
    handler = signal.getsignal(signal.SIGINT)
    try:
        trainer.fit(learner, train_dataloaders=_Loader(train))
    except SystemExit:
        if not watcher.interrupted:
            raise
        raise KeyboardInterrupt from None
    finally:
        if on_main and handler is not None:
            signal.signal(signal.SIGINT, handler)

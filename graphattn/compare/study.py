"""What is compared, and under which terms."""

from dataclasses import dataclass, replace
from typing import Any

import torch

from graphattn._errors import require
from graphattn.compare.counted import counted
from graphattn.compare.structures import Structure, parse
from graphattn.compare.task import Level, Task
from graphattn.training import Settings, metric_named

DEFAULT_DATA = ("sodium_channel", "karate")
DEFAULT_ATTENTION = "edges,2-hop,full"
GIVEN = "given"  # the split that the data bring with them
SCORES = ("dot", "additive", "gatv2", "gat")


@dataclass(frozen=True)
class Budget:
    """The size of the model and of the training, per level of prediction.

    Attributes:
        seeds: How many; a small network is cheap enough for more.
        epochs: Passes over the training data.
        layers: Attention blocks.
        batch_size: Graphs per step.
        dropout: In blocks and head.
        learning_rate: Largest rate of the schedule.
        weight_decay: Of AdamW.
    """

    seeds: int
    epochs: int
    layers: int
    batch_size: int
    dropout: float
    learning_rate: float
    weight_decay: float


BUDGETS: dict[Level, Budget] = {
    "graph": Budget(5, 10, 4, 32, 0.05, 2e-3, 0.01),
    "node": Budget(10, 60, 2, 1, 0.3, 5e-3, 0.01),
}


_QUICK: dict[Level, dict[str, int]] = {
    "graph": {"seeds": 2, "epochs": 3},
    "node": {"seeds": 3, "epochs": 30},
}
_FULL: dict[Level, dict[str, int]] = {
    "graph": {"seeds": 10, "epochs": 100},
    "node": {"seeds": 20, "epochs": 200},
}
_FULL_PATIENCE = 20


@dataclass(frozen=True)
class Study:
    """The terms of a comparison; whatever is None takes the default of its data.

    Attributes:
        attention: Structures, as `structures.parse` reads them.
        baselines: Further rows, as `structures.parse` reads them; none by default.
        seeds: How many; each seed is an initialisation and batches.
        splits: How many splits are drawn, with all seeds on each; None draws a split
            for every seed. A given split is one, of all seeds.
        channels: Width of the model.
        heads: Attention heads.
        score: As in `GraphAttention`.
        epochs: Passes over the training data.
        layers: Attention blocks.
        split: As in `splitting.kinds`.
        metric: As in `Task.judged_by`.
        steps: In place of epochs: steps of the optimiser, the same for all.
        seconds: In place of epochs: how long each run trains.
        pairs: In place of epochs: how many pairs each run attends to in all, so that a
            structure with fewer pairs trains for longer.
        patience: As in `Settings`; so are schedule, accumulate and precision.
        schedule: How the learning rate falls.
        accumulate: Batches per step.
        precision: Of the arithmetic.
        tune: Trials for each structure and split; None tunes nothing.
        confidence: Of the intervals.
        device: "cpu" or "cuda".
        quick: Whether few seeds and epochs are enough, for a first look.
        full: Whether the study is to be shown to others: more seeds, and training that
            ends when nothing gets better, at the epoch that validated best.
    """

    attention: str = DEFAULT_ATTENTION
    baselines: str = ""
    seeds: int | None = None
    splits: int | None = None
    channels: int = 64
    heads: int = 4
    score: str = "dot"
    epochs: int | None = None
    layers: int | None = None
    split: str | None = None
    metric: str | None = None
    steps: int | None = None
    seconds: float | None = None
    pairs: int | None = None
    patience: int | None = None
    schedule: str = "cosine"
    accumulate: int = 1
    precision: str = "32-true"
    tune: int | None = None
    confidence: float = 0.95
    device: str = "cpu"
    quick: bool = False
    full: bool = False

    def __post_init__(self) -> None:
        """Checks the terms before any data is read."""
        parse(self._rows)
        counts = ("seeds", "splits", "channels", "heads", "tune", "epochs", "layers")
        for name in (*counts, "pairs"):
            value = getattr(self, name)
            rule = f"{name} must be at least 1"
            require(value is None or value >= 1, "compare", rule, {name: value})
        rule = "the data give one split: leave out splits, and take more seeds"
        one = self.split != GIVEN or self.splits in (None, 1)
        require(one, "compare", rule, {"split": self.split, "splits": self.splits})
        sizes = {"quick": self.quick, "full": self.full}
        require(not all(sizes.values()), "compare", "give one of quick and full", sizes)
        given = {name: getattr(self, name) for name in ("steps", "seconds", "pairs")}
        several = sum(value is not None for value in given.values()) > 1
        require(not several, "compare", "give one of steps, seconds and pairs", given)
        Settings(1, **self.training)
        if self.metric is not None:
            metric_named(self.metric)
        require(
            self.channels % self.heads == 0,
            "compare",
            "hidden must be divisible by heads",
            {"hidden": self.channels, "heads": self.heads},
        )
        require(
            self.device == "cpu" or torch.cuda.is_available(),
            "compare",
            "there is no such device here",
            {"device": self.device},
        )
        require(
            self.score in SCORES,
            "compare",
            "score must be one of `known`",
            {"score": self.score, "known": list(SCORES)},
        )

    @property
    def structures(self) -> tuple[Structure, ...]:
        """The structures to compare."""
        return parse(self._rows)

    @property
    def _rows(self) -> str:
        # A baseline that is asked for as attention, too, is one row.
        asked = self.attention.replace(" ", "").split(",")
        others = self.baselines.replace(" ", "").split(",")
        return ",".join([*asked, *(name for name in others if name not in asked)])

    def structures_for(self, task: Task) -> tuple[Structure, ...]:
        """Returns the structures that make sense for some data.

        Args:
            task: The data: only molecules have fingerprints.
        """
        no_molecules = task.kind != "molecules"
        return tuple(
            one
            for one in self.structures
            if not (one.kind == "fingerprint" and no_molecules)
        )

    @property
    def reference(self) -> Structure:
        """What the others are compared with: edges, or else the first."""
        found = {structure.name: structure for structure in self.structures}
        return found.get("edges", self.structures[0])

    @property
    def training(self) -> dict[str, Any]:
        """How each run is trained, by the names of `Settings`."""
        names = ("steps", "seconds", "patience", "schedule", "accumulate", "precision")
        found = {name: getattr(self, name) for name in names}
        if self.full and self.patience is None:
            found["patience"] = _FULL_PATIENCE
        return found

    def length(self, level: Level) -> str:
        """Returns how long each run is trained, in words.

        Args:
            level: Whether graphs or nodes are predicted.
        """
        text = counted(self.budget(level).epochs, "epoch")
        if self.steps is not None:
            text = counted(self.steps, "step")
        if self.seconds is not None:
            text = counted(self.seconds, "second")
        if self.pairs is not None:
            text = f"as many steps as attend to {counted(self.pairs, 'pair')}"
        if self.training["patience"] is None:
            return f"{text}, weights of the last epoch"
        return f"at most {text}, weights of the epoch that validated best"

    def budget(self, level: Level) -> Budget:
        """Returns the size of model and training.

        Args:
            level: Whether graphs or nodes are predicted.
        """
        sizes = _QUICK if self.quick else _FULL if self.full else {}
        budget = replace(BUDGETS[level], **sizes.get(level, {}))
        given = {
            name: getattr(self, name)
            for name in ("seeds", "epochs", "layers")
            if getattr(self, name) is not None
        }
        return replace(budget, **given)

    def runs(self, level: Level) -> range:
        """Returns the numbers of the runs of a structure: seeds times splits.

        Args:
            level: Whether graphs or nodes are predicted.
        """
        return range(self.budget(level).seeds * (self.splits or 1))

    def num_splits(self, level: Level) -> int:
        """Returns how many splits the runs of a structure are on.

        Args:
            level: Whether graphs or nodes are predicted.
        """
        if self.split == GIVEN:
            return 1
        return self.splits or self.budget(level).seeds

    def split_of(self, level: Level, seed: int) -> int:
        """Returns which split a run gets: the first runs see every split once.

        Args:
            level: Whether graphs or nodes are predicted.
            seed: Number of the run, as in `runs`.
        """
        return seed % self.num_splits(level)

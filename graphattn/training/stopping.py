"""Early stopping: the weights of the epoch that validated best."""

import copy
import math
from collections.abc import Sequence
from typing import Any

import lightning.pytorch as pl


class Patience(pl.Callback):
    """Ends a training that no longer gets better, and takes the best weights."""

    def __init__(
        self, epochs: int, scores: Sequence[float], lower_is_better: bool
    ) -> None:
        """Notes when to lose patience.

        Args:
            epochs: How many without a better score are borne.
            scores: Of the validation part, one more after every epoch.
            lower_is_better: Which way the score is better.
        """
        self.epochs = epochs
        self.scores = scores
        self.sign = 1.0 if lower_is_better else -1.0
        self.best = math.inf
        self.at = 0
        self.state: dict[str, Any] | None = None

    def on_train_epoch_end(self, trainer, pl_module) -> None:
        """Looks at the last score; the callback that scores comes before this one."""
        score = self.sign * self.scores[-1]
        if self.state is None or score < self.best:
            self.best, self.at = score, len(self.scores)
            model: Any = pl_module.model
            self.state = copy.deepcopy(model.state_dict())
        elif len(self.scores) - self.at >= self.epochs:
            trainer.should_stop = True

    def on_train_end(self, trainer, pl_module) -> None:
        """Puts the best weights in place."""
        if self.state is not None:
            model: Any = pl_module.model
            model.load_state_dict(self.state)

"""A model with its objective and schedule, in the shape Lightning wants."""

import time
from typing import Any

import lightning.pytorch as pl
from torch import Tensor, nn
from torch.optim import AdamW
from torch.optim.lr_scheduler import LambdaLR

from graphattn.models import GraphBatch
from graphattn.training.objective import Objective
from graphattn.training.schedules import warmed_up
from graphattn.training.settings import Settings
from graphattn.training.share import weighted


class Learner(pl.LightningModule):
    """Trains `model` on batches."""

    def __init__(self, model: nn.Module, objective: Objective, settings: Settings):
        """Joins the three.

        Args:
            model: Maps a batch to predictions.
            objective: The loss.
            settings: The optimiser's numbers.
        """
        super().__init__()
        self.model = model
        self.objective = objective
        self.settings = settings
        self._begun = 0.0

    def training_step(self, batch: GraphBatch, _: int) -> Tensor:
        """Returns the loss of a batch."""
        loss = self.objective.loss(self.model(batch), batch.y)
        return weighted(loss, batch.y)

    def configure_optimizers(self) -> Any:
        """Returns the optimiser and its schedule, which moves at every step."""
        settings = self.settings
        optimiser = AdamW(
            self.parameters(),
            lr=settings.learning_rate,
            weight_decay=settings.weight_decay,
        )
        schedule = LambdaLR(optimiser, self._factor)
        scheduler = {"scheduler": schedule, "interval": "step"}
        return {"optimizer": optimiser, "lr_scheduler": scheduler}

    def _factor(self, step: int) -> float:
        settings = self.settings
        if settings.seconds is None:
            steps = int(self.trainer.estimated_stepping_batches)
            return warmed_up(step, steps, settings.warm_up, settings.schedule)
        # By the clock: as if the training had a thousand steps.
        if step == 0:
            self._begun = time.monotonic()
        passed = (time.monotonic() - self._begun) / settings.seconds
        now = round(1000 * passed)
        return warmed_up(now, 1000, settings.warm_up, settings.schedule)

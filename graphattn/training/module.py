"""A model with its objective and schedule, in the shape Lightning wants."""

import math
from typing import Any

import lightning.pytorch as pl
from torch import Tensor, nn
from torch.optim import AdamW
from torch.optim.lr_scheduler import LambdaLR

from graphattn.models import GraphBatch
from graphattn.training.objective import Objective
from graphattn.training.settings import Settings


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

    def training_step(self, batch: GraphBatch, _: int) -> Tensor:
        """Returns the loss of a batch."""
        return self.objective.loss(self.model(batch), batch.y)

    def configure_optimizers(self) -> Any:
        """Returns the optimiser and its schedule, which moves at every step."""
        settings = self.settings
        optimiser = AdamW(
            self.parameters(),
            lr=settings.learning_rate,
            weight_decay=settings.weight_decay,
        )
        steps = int(self.trainer.estimated_stepping_batches)
        schedule = LambdaLR(
            optimiser, lambda step: warm_up_cosine(step, steps, settings.warm_up)
        )
        scheduler = {"scheduler": schedule, "interval": "step"}
        return {"optimizer": optimiser, "lr_scheduler": scheduler}


def warm_up_cosine(step: int, steps: int, warm_up: float) -> float:
    """Returns the factor on the learning rate: up to 1 in a line, then down to 0.

    Args:
        step: The current step, from 0.
        steps: How many there will be.
        warm_up: Share of them over which the factor rises.
    """
    rising = max(1, round(warm_up * steps))
    if step < rising:
        return (step + 1) / rising
    progress = (step - rising) / max(1, steps - rising)
    return 0.5 * (1 + math.cos(math.pi * min(1.0, progress)))

"""How to train: the same for every structure."""

from dataclasses import dataclass

from graphattn._errors import require
from graphattn.training.schedules import SCHEDULES

PRECISIONS = ("32-true", "bf16-mixed", "16-mixed")


@dataclass(frozen=True)
class Settings:
    """AdamW whose rate rises linearly and then falls along a schedule.

    Attributes:
        epochs: Passes over the training data.
        learning_rate: At the top of the schedule.
        weight_decay: Decoupled, as in AdamW.
        warm_up: Share of the steps over which the rate rises.
        clip: Largest norm of a step's gradient.
        steps: In place of epochs: how many steps of the optimiser.
        seconds: In place of epochs: for how long. The rate follows the clock, and the
            numbers depend on the machine.
        patience: Epochs without a better validation score after which training stops;
            the weights are then those of the best epoch. None trains to the end.
        schedule: "cosine", "linear" or "constant".
        accumulate: Batches whose gradients are added up before a step.
        precision: As Lightning's: "32-true", "bf16-mixed" or "16-mixed".
    """

    epochs: int
    learning_rate: float = 2e-3
    weight_decay: float = 0.01
    warm_up: float = 0.1
    clip: float = 1.0
    steps: int | None = None
    seconds: float | None = None
    patience: int | None = None
    schedule: str = "cosine"
    accumulate: int = 1
    precision: str = "32-true"

    def __post_init__(self) -> None:
        """Checks the numbers."""
        for name in ("epochs", "steps", "patience", "accumulate"):
            value = getattr(self, name)
            rule = f"{name} must be at least 1"
            require(value is None or value >= 1, "training", rule, {name: value})
        one = self.steps is None or self.seconds is None
        given = {"steps": self.steps, "seconds": self.seconds}
        require(one, "training", "give steps or seconds, not both", given)
        rule = "seconds must be more than 0"
        positive = self.seconds is None or self.seconds > 0
        require(positive, "training", rule, {"seconds": self.seconds})
        known = {"schedule": tuple(SCHEDULES), "precision": PRECISIONS}
        for name, names in known.items():
            value = getattr(self, name)
            rule = f"{name} must be one of `known`"
            given = {name: value, "known": list(names)}
            require(value in names, "training", rule, given)

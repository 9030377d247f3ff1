"""How to train: the same for every structure."""

from dataclasses import dataclass

from graphattn._errors import require


@dataclass(frozen=True)
class Settings:
    """AdamW whose rate rises linearly and then falls along a cosine.

    Attributes:
        epochs: Passes over the training data.
        learning_rate: At the top of the schedule.
        weight_decay: Decoupled, as in AdamW.
        warm_up: Share of the steps over which the rate rises.
        clip: Largest norm of a step's gradient.
    """

    epochs: int
    learning_rate: float = 2e-3
    weight_decay: float = 0.01
    warm_up: float = 0.1
    clip: float = 1.0

    def __post_init__(self) -> None:
        """Checks the numbers."""
        require(
            self.epochs >= 1,
            "training",
            "epochs must be at least 1",
            {"epochs": self.epochs},
        )

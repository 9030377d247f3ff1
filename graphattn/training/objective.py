"""What is learned and how it is judged: numbers or classes."""

from dataclasses import dataclass
from typing import Protocol

from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import cross_entropy, mse_loss


class Objective(Protocol):
    """A loss, a metric, and which way the metric is better."""

    @property
    def metric(self) -> str:
        """Its name."""
        ...

    @property
    def lower_is_better(self) -> bool:
        """Which way the metric is better."""
        ...

    def loss(self, prediction: Tensor, y: Tensor) -> Tensor:
        """Returns the loss that training makes small."""
        ...

    def score(self, prediction: Tensor, y: Tensor) -> float:
        """Returns the metric, in the unit of the data."""
        ...


@dataclass(frozen=True)
class Regression:
    """Numbers, standardised by the mean and deviation of the training part.

    Attributes:
        mean: Of each target over the training part.
        std: Of each target over the training part.
    """

    mean: Float[Tensor, " targets"]
    std: Float[Tensor, " targets"]
    metric: str = "RMSE"
    lower_is_better: bool = True

    @classmethod
    def of(cls, y: Float[Tensor, "rows targets"]) -> "Regression":
        """Reads mean and deviation from the training part; a constant has deviation 1.

        Args:
            y: The targets of the training part.
        """
        std = y.std(0, correction=0)
        return cls(y.mean(0), std.where(std > 0, 1.0))

    def loss(
        self,
        prediction: Float[Tensor, "rows targets"],
        y: Float[Tensor, "rows targets"],
    ) -> Float[Tensor, ""]:
        """Returns the mean squared error in units of the deviation."""
        return mse_loss(prediction, (y - self.mean) / self.std)

    def score(
        self,
        prediction: Float[Tensor, "rows targets"],
        y: Float[Tensor, "rows targets"],
    ) -> float:
        """Returns the root mean squared error, averaged over the targets."""
        error = prediction * self.std + self.mean - y
        return float(error.square().mean(0).sqrt().mean())


@dataclass(frozen=True)
class Classification:
    """Classes, by cross-entropy, judged by the share that is right."""

    metric: str = "accuracy"
    lower_is_better: bool = False

    def loss(
        self, prediction: Float[Tensor, "rows classes"], y: Int[Tensor, " rows"]
    ) -> Float[Tensor, ""]:
        """Returns the mean cross-entropy in nats."""
        return cross_entropy(prediction, y)

    def score(
        self, prediction: Float[Tensor, "rows classes"], y: Int[Tensor, " rows"]
    ) -> float:
        """Returns the share of rows whose likeliest class is right."""
        return float((prediction.argmax(1) == y).double().mean())

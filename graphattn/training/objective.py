"""What is learned and how it is judged: numbers or classes."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

from graphattn._errors import require
from graphattn.training.metrics import ranked

_MEND = "take a larger part, another split, or another metric"


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

    A target that is NaN is missing: it counts neither in the loss nor in the metric.

    Attributes:
        mean: Of each target over the training part.
        std: Of each target over the training part.
        metric: "RMSE", or "MAE", the mean absolute error.
    """

    mean: Float[Tensor, " targets"]
    std: Float[Tensor, " targets"]
    metric: str = "RMSE"
    lower_is_better: bool = True

    @classmethod
    def of(cls, y: Float[Tensor, "rows targets"], metric: str = "RMSE") -> "Regression":
        """Reads mean and deviation from the training part; a constant has deviation 1.

        Args:
            y: The targets of the training part.
            metric: As the attribute.
        """
        mean = y.nanmean(0).nan_to_num(0.0)
        std = (y - mean).square().nanmean(0).sqrt()
        return cls(mean, std.where(std > 0, 1.0), metric)

    def loss(
        self,
        prediction: Float[Tensor, "rows targets"],
        y: Float[Tensor, "rows targets"],
    ) -> Float[Tensor, ""]:
        """Returns the mean squared error in units of the deviation."""
        known = ~y.isnan()
        error = prediction - (y - self.mean) / self.std
        return error.where(known, 0.0).square().sum() / known.sum().clamp(min=1)

    def score(
        self,
        prediction: Float[Tensor, "rows targets"],
        y: Float[Tensor, "rows targets"],
    ) -> float:
        """Returns the error of each target, averaged over the targets."""
        error = prediction * self.std + self.mean - y
        if self.metric == "MAE":
            return float(error.abs().nanmean(0).nanmean())
        return float(error.square().nanmean(0).sqrt().nanmean())


@dataclass(frozen=True)
class Classification:
    """Classes, by cross-entropy.

    Attributes:
        metric: "accuracy", the share of rows whose likeliest class is right; "macro
            F1", the mean over the classes that are there or are predicted; of two
            classes "ROC-AUC" or "average precision" of the second.
    """

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
        """Returns the metric; NaN where there is no row.

        Raises:
            ValueError: It takes two classes, and there are others or only one.
        """
        likeliest = prediction.argmax(1)
        if self.metric == "accuracy" or len(y) == 0:
            return float((likeliest == y).double().mean())
        if self.metric == "macro F1":
            from sklearn.metrics import f1_score

            truth, found = y.cpu().numpy(), likeliest.cpu().numpy()
            return float(f1_score(truth, found, average="macro"))
        require(
            prediction.shape[1] == len(y.unique()) == 2,
            "training",
            f"{self.metric} needs rows of both of two classes; {_MEND}",
            {
                "rows": len(y),
                "classes": prediction.shape[1],
                "classes that are there": y.unique().tolist(),
            },
        )
        logits = prediction[:, 1] - prediction[:, 0]
        return ranked(self.metric, y.cpu().numpy(), logits.cpu().numpy())


@dataclass(frozen=True)
class Labels:
    """Yes or no to several questions at once, by binary cross-entropy.

    An answer that is NaN is missing: it counts neither in the loss nor in the metric.
    The metric is the mean over the questions; one whose known answers are all alike has
    none and is left out.
    """

    metric: str = "ROC-AUC"
    lower_is_better: bool = False

    def loss(
        self,
        prediction: Float[Tensor, "rows targets"],
        y: Float[Tensor, "rows targets"],
    ) -> Float[Tensor, ""]:
        """Returns the mean binary cross-entropy in nats."""
        known = ~y.isnan()
        each = binary_cross_entropy_with_logits(
            prediction, y.where(known, 0.0), reduction="none"
        )
        return each.where(known, 0.0).sum() / known.sum().clamp(min=1)

    def score(
        self,
        prediction: Float[Tensor, "rows targets"],
        y: Float[Tensor, "rows targets"],
    ) -> float:
        """Returns the metric: "ROC-AUC" or "average precision".

        Raises:
            ValueError: The known answers to every question are all alike.
        """
        found = []
        pairs = zip(prediction.T.cpu().numpy(), y.T.cpu().numpy(), strict=True)
        for logits, answers in pairs:
            known = ~np.isnan(answers)
            if len(np.unique(answers[known])) == 2:
                found.append(ranked(self.metric, answers[known], logits[known]))
        require(
            len(found) > 0,
            "training",
            f"{self.metric} needs a question with both answers; {_MEND}",
            {"rows": len(y), "questions": y.shape[1]},
        )
        return float(np.mean(found))

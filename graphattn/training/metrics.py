"""What predictions are judged by: the names, and the metrics that judge an order."""

import re
from collections.abc import Callable

import numpy as np
from jaxtyping import Float, Shaped

from graphattn._errors import require

OF_NUMBERS = ("RMSE", "MAE")
OF_ANSWERS = ("ROC-AUC", "average precision")
OF_CLASSES = ("accuracy", "macro F1")
METRICS = (*OF_NUMBERS, *OF_ANSWERS, *OF_CLASSES)
_FAR = 1e30


def metric_named(name: str) -> str:
    """Returns how a metric is written; case does not matter, nor -, _ or a space.

    Args:
        name: As a user writes it, say "roc-auc".

    Raises:
        ValueError: There is no such metric.
    """
    written = {_plain(metric): metric for metric in METRICS}
    require(
        _plain(name) in written,
        "compare",
        "metric must be one of `known`",
        {"metric": name, "known": list(METRICS)},
    )
    return written[_plain(name)]


def ranked(
    metric: str,
    answers: Shaped[np.ndarray, " rows"],
    scores: Float[np.ndarray, " rows"],
) -> float:
    """Returns how well scores put the rows that are a yes before the others.

    Args:
        metric: One of `OF_ANSWERS`.
        answers: 1 for yes and 0 for no; both are there.
        scores: Higher for rows that are rather a yes.
    """
    from sklearn.metrics import average_precision_score, roc_auc_score

    known: dict[str, Callable[..., float]] = {
        "ROC-AUC": roc_auc_score,
        "average precision": average_precision_score,
    }
    # An answer that was never learned from has a logit of minus infinity.
    return float(known[metric](answers, scores.clip(-_FAR, _FAR)))


def _plain(name: str) -> str:
    return re.sub(r"[-_\s]", "", name).casefold()

import numpy as np
import pytest

from graphattn.training import metric_named
from graphattn.training.metrics import METRICS, ranked


@pytest.mark.parametrize(
    ("written", "name"),
    [
        *((name, name) for name in METRICS),
        ("rmse", "RMSE"),
        ("Mae", "MAE"),
        ("roc-auc", "ROC-AUC"),
        ("ROC_AUC", "ROC-AUC"),
        ("average-precision", "average precision"),
        ("macro-f1", "macro F1"),
        ("macro_F1", "macro F1"),
    ],
)
def test_a_name_is_understood_however_it_is_written(written, name):
    assert metric_named(written) == name


def test_an_unknown_name_is_refused_with_those_that_are_known():
    with pytest.raises(ValueError, match="metric must be one of") as caught:
        metric_named("auc-pr")
    for name in ("auc-pr", *METRICS):
        assert repr(name) in str(caught.value)


def test_scores_of_one_value_say_nothing():
    answers = np.array([0.0, 1.0, 0.0, 1.0, 0.0])
    assert ranked("ROC-AUC", answers, np.zeros(5)) == 0.5
    assert ranked("average precision", answers, np.zeros(5)) == pytest.approx(2 / 5)

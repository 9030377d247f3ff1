import math

import pytest
import torch

from graphattn.training import Classification, Labels, Regression


def test_numbers_are_standardised_by_the_training_part():
    y = torch.tensor([[1.0, 10.0], [3.0, 10.0]])
    objective = Regression.of(y)
    assert objective.mean.tolist() == [2.0, 10.0]
    assert objective.std.tolist() == [1.0, 1.0]  # a constant target keeps its scale
    prediction = torch.tensor([[0.0, 0.0], [1.0, 2.0]])
    assert float(objective.loss(prediction, y)) == pytest.approx((1 + 0 + 0 + 4) / 4)


def test_the_error_is_in_the_unit_of_the_data():
    objective = Regression(torch.tensor([5.0]), torch.tensor([2.0]))
    score = objective.score(torch.tensor([[0.0], [1.0]]), torch.tensor([[8.0], [3.0]]))
    assert score == pytest.approx(((3**2 + 4**2) / 2) ** 0.5)


def test_accuracy_is_the_share_that_is_right():
    prediction = torch.tensor([[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]])
    assert Classification().score(prediction, torch.tensor([0, 1, 1])) == 2 / 3


def test_the_absolute_error_is_a_mean_over_rows_and_then_targets():
    objective = Regression(torch.tensor([5.0, 0]), torch.tensor([2.0, 1]), "MAE")
    y = torch.tensor([[8.0, 1.0], [3.0, NAN]])
    prediction = torch.tensor([[0.0, 2.0], [1.0, 0.0]])
    assert objective.lower_is_better
    assert objective.score(prediction, y) == pytest.approx(((3 + 4) / 2 + 1) / 2)


def test_two_classes_are_ranked_by_the_second():
    y = torch.tensor([1, 0, 0, 1])
    yes = torch.tensor([2.0, 1.0, -1.0, 0.0])  # one no stands before a yes
    prediction = torch.stack([torch.full((4,), 0.5), yes + 0.5], dim=1)
    assert Classification("ROC-AUC").score(prediction, y) == 3 / 4
    precision = Classification("average precision").score(prediction, y)
    assert precision == pytest.approx((1 + 2 / 3) / 2)


def test_a_class_that_was_never_seen_is_ranked_last():
    prediction = torch.tensor([[0.0, -torch.inf], [0.0, -torch.inf]])
    y = torch.tensor([0, 1])
    assert Classification("ROC-AUC").score(prediction, y) == 0.5


def test_rare_classes_count_as_much_as_frequent_ones():
    y = torch.tensor([0, 0, 0, 0, 2])
    prediction = torch.eye(3)[torch.tensor([0, 0, 0, 0, 0])]
    assert Classification().score(prediction, y) == pytest.approx(4 / 5)
    found = Classification("macro F1").score(prediction, y)
    assert found == pytest.approx((2 * 4 / (2 * 4 + 1) + 0) / 2)


@pytest.mark.parametrize("metric", ["ROC-AUC", "average precision"])
@pytest.mark.parametrize("y", [[1, 1, 1], [0, 2, 0]])
def test_one_class_alone_or_a_third_cannot_be_ranked(metric, y):
    prediction = torch.zeros(3, 1 + max(y))
    with pytest.raises(ValueError, match="take a larger part, another split"):
        Classification(metric).score(prediction, torch.tensor(y))


@pytest.mark.parametrize("metric", ["accuracy", "macro F1", "ROC-AUC"])
def test_no_row_has_no_score(metric):
    nothing = torch.zeros(0, 2), torch.zeros(0, dtype=torch.long)
    assert math.isnan(Classification(metric).score(*nothing))


NAN = float("nan")


def test_a_missing_number_counts_nowhere():
    y = torch.tensor([[1.0, 7.0], [3.0, NAN], [NAN, 9.0]])
    objective = Regression.of(y)
    assert objective.mean.tolist() == [2.0, 8.0]
    assert objective.std.tolist() == [1.0, 1.0]
    prediction = torch.zeros(3, 2, requires_grad=True)
    loss = objective.loss(prediction, y)
    assert loss.item() == pytest.approx(1.0)
    loss.backward()
    assert prediction.grad[1, 1] == prediction.grad[2, 0] == 0
    assert prediction.grad.isfinite().all()
    far = torch.full((3, 2), 100.0)
    far[0], far[1, 0], far[2, 1] = -1.0, 1.0, 1.0
    assert objective.score(far, y) == pytest.approx(0.0)


def test_a_missing_answer_counts_nowhere():
    y = torch.tensor([[1.0, NAN], [0.0, 1.0], [NAN, 0.0]])
    prediction = torch.tensor([[2.0, 9.0], [-2.0, 1.0], [5.0, 3.0]], requires_grad=True)
    loss = Labels().loss(prediction, y)
    answers, logits = torch.tensor([1.0, 0, 1, 0]), torch.tensor([2.0, -2.0, 1.0, 3.0])
    want = torch.nn.functional.binary_cross_entropy_with_logits(logits, answers)
    assert loss.item() == pytest.approx(float(want))
    loss.backward()
    assert prediction.grad[0, 1] == prediction.grad[2, 0] == 0
    # The first question is ranked right, the second wrong.
    assert Labels().score(prediction.detach(), y) == pytest.approx(0.5)
    precision = Labels("average precision").score(prediction.detach(), y)
    assert precision == pytest.approx((1 + 1 / 2) / 2)


def test_a_question_with_one_answer_has_no_score():
    y = torch.tensor([[1.0, 1.0], [0.0, 1.0]])
    prediction = torch.tensor([[2.0, 0.0], [1.0, 0.0]])
    assert Labels().score(prediction, y) == 1.0
    with pytest.raises(ValueError, match="needs a question with both answers"):
        Labels().score(prediction, torch.ones(2, 2))

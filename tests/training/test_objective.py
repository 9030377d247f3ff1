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

import pytest
import torch

from graphattn.training import Classification, Regression


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

import torch

from graphattn.report.scenes.neighbourhood import neighbourhood

# 0 is tied to 1, 2, 3; 1 and 2 to each other; 3 to 4; 5 to nobody; 6 to 7.
TIES = torch.tensor([[0, 2, 0, 1, 4, 6], [1, 0, 3, 2, 3, 7]])


def test_rings_come_in_order_and_strangers_stay_away():
    assert neighbourhood(TIES, 8, 0, most=20).tolist() == [0, 1, 2, 3, 4]
    assert neighbourhood(TIES, 8, 4, most=20).tolist() == [4, 3, 0, 1, 2]
    assert neighbourhood(TIES, 8, 5, most=20).tolist() == [5]


def test_a_ring_that_does_not_fit_keeps_those_with_most_ties():
    ties = torch.tensor([[0, 0, 1, 1, 1, 2, 2], [1, 2, 3, 4, 5, 5, 4]])
    assert neighbourhood(ties, 6, 0, most=5).tolist() == [0, 1, 2, 4, 5]
    assert neighbourhood(ties, 6, 0, most=1).tolist() == [0]

import pytest
import torch

from graphattn.compare.examine import rollout

SIZE = 5


def test_uniform_attention_without_residual_rolls_out_uniform():
    weights = torch.full((3, 2, SIZE, SIZE), 1 / SIZE)
    found = rollout(weights, residual=0.0)
    assert torch.allclose(found, torch.full((3, SIZE, SIZE), 1 / SIZE))


def test_uniform_attention_with_residual_keeps_a_half_per_layer():
    weights = torch.full((3, 2, SIZE, SIZE), 1 / SIZE)
    for depth, found in enumerate(rollout(weights), start=1):
        own = 0.5**depth
        expected = own * torch.eye(SIZE) + (1 - own) / SIZE
        assert torch.allclose(found, expected, atol=1e-6)


def test_pointing_along_a_ring_goes_one_further_per_layer():
    ring = torch.eye(SIZE).roll(1, dims=1).expand(4, 1, SIZE, SIZE)
    for depth, found in enumerate(rollout(ring, residual=0.0), start=1):
        assert torch.equal(found, torch.eye(SIZE).roll(depth, dims=1))


def test_rows_stay_shares():
    weights = torch.randn(3, 2, SIZE, SIZE).softmax(-1)
    assert torch.allclose(rollout(weights).sum(-1), torch.ones(3, SIZE))


def test_a_node_that_attends_to_nothing_stays_itself():
    weights = torch.full((2, 1, SIZE, SIZE), 1 / SIZE)
    weights[:, :, 2] = 0
    assert rollout(weights)[-1, 2].tolist() == pytest.approx([0, 0, 1, 0, 0])

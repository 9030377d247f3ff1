import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from graphattn.compare.examine import agreement, distance_profile, entropy, share

SIZE = 7


def uniform(layers: int, heads: int, size: int) -> torch.Tensor:
    return torch.full((layers, heads, size, size), 1 / size)


def pointing(size: int, shift: int) -> torch.Tensor:
    """Every node attends to the one `shift` further, and to nothing else."""
    return torch.eye(size).roll(shift, dims=1)


@given(st.integers(1, 41))
def test_uniform_attention_has_the_entropy_log_n(size):
    found = entropy(uniform(2, 3, size))
    assert found.shape == (2, 3)
    assert torch.allclose(found, torch.full((2, 3), math.log(size)), atol=1e-4)


def test_attention_to_a_single_node_has_no_entropy():
    assert entropy(pointing(SIZE, 2)) == 0


@given(st.integers(2, 11), st.integers(0, 10_000))
def test_no_attention_is_more_spread_out_than_the_uniform(size, seed):
    generator = torch.Generator().manual_seed(seed)
    weights = (3 * torch.randn(size, size, generator=generator)).softmax(1)
    assert 0 <= entropy(weights) <= math.log(size) + 1e-5


def test_a_row_that_attends_to_nothing_counts_nowhere():
    weights = torch.cat([torch.full((1, 5), 0.2), torch.zeros(3, 5)])
    assert entropy(weights) == pytest.approx(math.log(5), abs=1e-6)
    on = torch.tensor([[True, True, False, False, False]]).expand(4, 5)
    assert share(weights, on) == pytest.approx(0.4)


def test_the_share_of_uniform_attention_is_the_share_of_pairs():
    on = torch.rand(SIZE, SIZE) < 0.3
    found = share(uniform(2, 3, SIZE), on)
    assert torch.allclose(found, on.float().mean().expand(2, 3))


def test_the_profile_of_a_path_is_known():
    # 0 - 1 - 2   3: node 3 is reached by no path.
    hops = torch.tensor([[0, 1, 2, -1], [1, 0, 1, -1], [2, 1, 0, -1], [-1, -1, -1, 0]])
    found = distance_profile(torch.full((4, 4), 1 / 4), hops, furthest=2)
    assert found.tolist() == pytest.approx([4 / 16, 4 / 16, 2 / 16, 6 / 16])
    near = distance_profile(torch.full((4, 4), 1 / 4), hops, furthest=1)
    assert near.tolist() == pytest.approx([4 / 16, 6 / 16, 6 / 16])


def test_same_heads_agree_fully_and_disjoint_ones_not_at_all():
    heads = torch.stack([pointing(SIZE, 1), pointing(SIZE, 1), pointing(SIZE, 3)])
    expected = torch.tensor([[1.0, 1, 0], [1, 1, 0], [0, 0, 1]])
    assert torch.allclose(agreement(heads), expected, atol=1e-6)


def test_agreement_of_half_overlapping_heads_is_known():
    # JSD of (1, 0) and (1/2, 1/2): H(3/4) - log(2) / 2.
    one, half = torch.tensor([[1.0, 0.0]]), torch.tensor([[0.5, 0.5]])
    middle = -(0.75 * math.log(0.75) + 0.25 * math.log(0.25))
    expected = 1 - (middle - math.log(2) / 2) / math.log(2)
    assert agreement(torch.stack([one, half]))[0, 1] == pytest.approx(expected)

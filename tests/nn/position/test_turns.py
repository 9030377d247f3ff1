"""Positions that turn queries and keys: rotary, and Transformer-XL's score."""

import pytest
import torch
from graphs import GRAPHS
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from graphattn import attention_weights
from graphattn.nn import (
    RelativeScore,
    RotaryEncoding,
    SinusoidalEncoding,
    grid_places,
)

TURNS = {
    "rotary": lambda: RotaryEncoding(10),
    "transformer-xl": lambda: RelativeScore(3, 10, channels=14),
}
each_turn = pytest.mark.parametrize("make", TURNS.values(), ids=TURNS)
PLACES = st.lists(st.integers(-1_000, 1_000), min_size=7, max_size=7)


def rows(*shape):
    return torch.randn(*shape, dtype=torch.float64)


def made(make):
    position = make().double()
    for parameter in position.parameters():
        torch.nn.init.normal_(parameter)
    return position


def scores(position, query, key, target_place, source_place):
    query, key = position.turn(query, key, target_place, source_place)
    return torch.einsum("ihc,jhc->hij", query, key)


@each_turn
@settings(max_examples=20, deadline=None)
@given(places=PLACES, steps=st.integers(-5_000, 5_000))
def test_scores_depend_on_differences_alone(make, places, steps):
    position, place = made(make), torch.tensor(places)
    query, key = rows(5, 3, 10), rows(7, 3, 10)
    want = scores(position, query, key, place[:5], place)
    got = scores(position, query, key, place[:5] + steps, place + steps)
    assert_close(got, want, atol=1e-8, rtol=1e-8)


def test_rotary_by_hand():
    place = torch.tensor([3], dtype=torch.float64)
    turned = RotaryEncoding(4)(torch.tensor([[[1.0, 0.0, 0.0, 2.0]]]).double(), place)
    fast, slow = place, place / 100
    want = torch.cat([fast.cos(), fast.sin(), -2 * slow.sin(), 2 * slow.cos()])
    assert_close(turned[0, 0], want)


def test_rotary_keeps_lengths():
    query = rows(7, 3, 10)
    turned = RotaryEncoding(10)(query, torch.arange(7) * 12_345)
    assert_close(turned.norm(dim=-1), query.norm(dim=-1))


@settings(max_examples=20, deadline=None)
@given(down=st.integers(-50, 50), right=st.integers(-50, 50))
def test_rotary_on_a_grid_depends_on_both_differences_alone(down, right):
    rotary, place = RotaryEncoding(12, dims=2), grid_places(3, 5)
    query, key = rows(15, 2, 12), rows(15, 2, 12)
    moved = place + torch.tensor([down, right])
    want = scores(rotary, query, key, place, place)
    assert_close(scores(rotary, query, key, moved, moved), want, atol=1e-8, rtol=1e-8)
    other = scores(rotary, query, key, place, place + torch.tensor([0, 1]))
    assert not torch.allclose(other, want)


def test_relative_scores_equal_the_sum_over_all_pairs():
    position = made(TURNS["transformer-xl"])
    query, key = rows(5, 3, 10), rows(7, 3, 10)
    places = torch.arange(2, 7), torch.arange(7)
    distance = places[0][:, None] - places[1][None]
    encoded = SinusoidalEncoding(14).encode(distance)
    projected = torch.einsum("hcd,ijd->ijhc", position.distance_weight, encoded)
    content = query + position.content_bias
    want = torch.einsum("ihc,jhc->hij", content, key)
    want = want + torch.einsum(
        "ihc,ijhc->hij", query + position.distance_bias, projected
    )
    assert_close(scores(position, query, key, *places), want)


def test_relative_scores_have_right_gradients():
    position = made(lambda: RelativeScore(2, 3))
    query, key = rows(3, 2, 3).requires_grad_(), rows(4, 2, 3).requires_grad_()
    places = torch.arange(3), torch.arange(4)

    def attend(query, key, *_):
        return scores(position, query, key, *places)

    given_tensors = (query, key, *position.parameters())
    assert torch.autograd.gradcheck(attend, given_tensors)


@each_turn
def test_along_edges_equals_all_pairs(make):
    position, graph = made(make), GRAPHS["bipartite"]
    query, key = rows(11, 3, 10), rows(5, 3, 10)
    places = torch.randint(99, (11,)), torch.randint(99, (5,))
    pairs = scores(position, query, key, *places)
    source, target = graph.edge_index
    turned = position.turn(query, key, *places)
    logits = pairs[:, target, source].T
    want = torch.zeros_like(logits)
    for node in target.unique():
        of = target == node
        want[of] = logits[of].softmax(0)
    assert_close(attention_weights(*turned, graph.edge_index, scale=1.0), want)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: RotaryEncoding(7), r"head_dim must be a multiple of 2 \* dims"),
        (lambda: RotaryEncoding(6, dims=2), "multiple of 2"),
        (lambda: RelativeScore(2, 3, channels=5), "channels must be a multiple of 2"),
        (lambda: RelativeScore(0, 3), "at least 1"),
    ],
)
def test_refuses_bad_options(make, says):
    with pytest.raises(ValueError, match=says):
        make()

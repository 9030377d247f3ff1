"""Encodings that are added to features."""

import copy
import inspect
import pickle

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from graphattn.nn import (
    LearnedEncoding,
    SinusoidalEncoding,
    grid_places,
    places_within,
)

PLACES = st.lists(st.integers(-10_000, 10_000), min_size=1, max_size=7)


def rows(*shape):
    return torch.randn(*shape, dtype=torch.float64)


def test_sinusoids_by_hand():
    got = SinusoidalEncoding(4).encode(torch.tensor([0, 1, 7]))
    place = torch.tensor([0.0, 1.0, 7.0], dtype=torch.float64)
    slow = place / 100
    want = torch.stack([place.sin(), place.cos(), slow.sin(), slow.cos()], 1)
    assert_close(got, want)


@settings(max_examples=40, deadline=None)
@given(places=PLACES, steps=st.integers(-5_000, 5_000))
def test_a_shift_is_one_rotation_whatever_the_place(places, steps):
    encoding, place = SinusoidalEncoding(14), torch.tensor(places)
    rotation = encoding.shift(steps)
    assert_close(rotation @ rotation.T, torch.eye(14, dtype=torch.float64))
    assert_close(rotation.det(), torch.tensor(1.0, dtype=torch.float64))
    moved = encoding.encode(place) @ rotation.T
    assert_close(encoding.encode(place + steps), moved, atol=1e-9, rtol=0)


@settings(max_examples=20, deadline=None)
@given(down=st.integers(-50, 50), right=st.integers(-50, 50))
def test_a_shift_in_two_dimensions_is_a_rotation_too(down, right):
    encoding, place = SinusoidalEncoding(12, dims=2), grid_places(5, 7)
    moved = encoding.encode(place) @ encoding.shift(down, right).T
    got = encoding.encode(place + torch.tensor([down, right]))
    assert_close(got, moved, atol=1e-10, rtol=0)


@settings(max_examples=20, deadline=None)
@given(place=PLACES, other=PLACES, steps=st.integers(-5_000, 5_000))
def test_products_of_sinusoids_depend_on_differences_alone(place, other, steps):
    encoding = SinusoidalEncoding(10)
    one, two = torch.tensor(place), torch.tensor(other)
    want = encoding.encode(one) @ encoding.encode(two).T
    got = encoding.encode(one + steps) @ encoding.encode(two + steps).T
    assert_close(got, want, atol=1e-8, rtol=0)


def test_two_axes_share_the_channels():
    encoding, one = SinusoidalEncoding(12, dims=2), SinusoidalEncoding(6)
    place = grid_places(3, 5)
    want = torch.cat([one.encode(place[:, 0]), one.encode(place[:, 1])], 1)
    assert_close(encoding.encode(place), want)


def test_far_places_keep_their_digits_in_single_precision():
    encoding, place = SinusoidalEncoding(6), torch.arange(10**7, 10**7 + 5)
    got = encoding(torch.zeros(5, 6), place=place)
    assert got.dtype == torch.float32
    assert_close(got.double(), encoding.encode(place), atol=1e-6, rtol=0)


@pytest.mark.parametrize("make", [SinusoidalEncoding, lambda c: LearnedEncoding(11, c)])
def test_a_batch_equals_each_sequence_alone(make):
    encoding, sizes = make(6).double(), [5, 0, 1, 7]
    x = rows(13, 6)
    batch = torch.arange(4).repeat_interleave(torch.tensor(sizes))
    alone = [encoding(part) for part in x.split(sizes)]
    assert_close(encoding(x, batch=batch), torch.cat(alone))
    dense = rows(2, 3, 7, 6)
    assert_close(encoding(dense)[1, 2], encoding(dense[1, 2]))


def test_places_begin_anew_in_every_set():
    batch = torch.tensor([0, 0, 0, 2, 2, 3])
    assert places_within(batch).tolist() == [0, 1, 2, 0, 1, 0]


def test_learned_rows_are_added_and_learn():
    encoding = LearnedEncoding(7, 5).double()
    x = rows(7, 5)
    got = encoding(x[:3], place=torch.tensor([6, 0, 6]))
    assert_close(got, x[:3] + encoding.tables[0][[6, 0, 6]])
    got.sum().backward()
    assert encoding.tables[0].grad.sum(1).tolist() == [5, 0, 0, 0, 0, 0, 10]


def test_a_learned_grid_adds_a_row_and_a_column():
    encoding = LearnedEncoding((3, 5), 7)
    down, right = encoding.tables
    want = down[:, None] + right[None]
    assert_close(encoding.encode(grid_places(3, 5)), want.flatten(0, 1))


@pytest.mark.parametrize("encoding", [SinusoidalEncoding(6), LearnedEncoding(11, 6)])
def test_copies_and_pickles(encoding):
    x = torch.randn(7, 6)
    for other in (copy.deepcopy(encoding), pickle.loads(pickle.dumps(encoding))):
        assert torch.equal(other(x), encoding(x))


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: SinusoidalEncoding(7), r"channels must be a multiple of 2 \* dims"),
        (lambda: SinusoidalEncoding(6, dims=2), "multiple of 2"),
        (lambda: LearnedEncoding(0, 3), "must be at least 1"),
    ],
)
def test_refuses_bad_options(make, says):
    with pytest.raises(ValueError, match=says):
        make()


@pytest.mark.parametrize(
    ("encoding", "x", "options", "says"),
    [
        (LearnedEncoding(5, 6), torch.zeros(7, 6), {}, "make it with a greater length"),
        (
            LearnedEncoding((3, 5), 6),
            torch.zeros(15, 6),
            {"place": grid_places(5, 3)},
            "beyond the table",
        ),
        (
            LearnedEncoding(5, 6),
            torch.zeros(2, 6),
            {"place": torch.tensor([0, -1])},
            "beyond the table",
        ),
        (
            LearnedEncoding(5, 6),
            torch.zeros(2, 6),
            {"place": torch.tensor([0.0, 1.5])},
            "whole numbers",
        ),
        (SinusoidalEncoding(6), torch.zeros(7, 4), {}, "num_nodes, channels"),
        (SinusoidalEncoding(8, dims=2), torch.zeros(7, 8), {}, "grid_places"),
        (
            SinusoidalEncoding(6),
            torch.zeros(3, 6),
            {"batch": torch.tensor([0, 1, 0])},
            "batch must not decrease",
        ),
    ],
)
def test_refuses_inputs_that_do_not_fit(encoding, x, options, says):
    with pytest.raises(ValueError, match=says):
        encoding(x, **options)


def test_refuses_places_of_other_nodes():
    encoding = SinusoidalEncoding(6)
    forward = inspect.unwrap(type(encoding).forward)
    with pytest.raises(ValueError, match="place must have one row per node"):
        forward(encoding, torch.zeros(7, 6), place=torch.arange(6))

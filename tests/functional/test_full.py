import inspect
import math

import pytest
import torch
from graphs import leaf
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.nn.functional import scaled_dot_product_attention
from torch.testing import assert_close

from graphattn import full_attention, graph_attention, patterns
from graphattn.ops.full import portable

SIZES = st.lists(st.integers(0, 9), min_size=1, max_size=7)


def test_first_row_of_the_course_example():
    rows = torch.tensor(
        [[0.1, 0.2, 0.3], [0.4, 0.5, 0.6], [0.7, 0.8, 0.9], [1.0, 1.1, 1.2]]
    )
    nodes, channels = torch.arange(4)[:, None], torch.arange(3)
    value = 1 + 0.3 * nodes + 0.1 * channels
    want = torch.tensor([1.4889, 1.5889, 1.6889])
    query, value = rows.unsqueeze(1), value.unsqueeze(1)
    assert_close(full_attention(query, query, value)[0, 0], want, atol=1e-4, rtol=0)
    edges = graph_attention(query, query, value, patterns.full(4))
    assert_close(edges[0, 0], want, atol=1e-4, rtol=0)


@pytest.mark.parametrize("causal", [False, True])
def test_matches_pytorch(causal):
    query, key, value = (
        torch.randn(2, 7, 3, 5),
        torch.randn(2, 7, 3, 5),
        torch.randn(2, 7, 3, 4),
    )
    got = full_attention(query, key, value, causal=causal, scale=0.7)
    want = scaled_dot_product_attention(
        query.transpose(1, 2),
        key.transpose(1, 2),
        value.transpose(1, 2),
        is_causal=causal,
        scale=0.7,
    )
    assert_close(got, want.transpose(1, 2))


@pytest.mark.parametrize("causal", [False, True])
@settings(max_examples=30, deadline=None)
@given(sizes=SIZES)
def test_a_batch_of_ragged_sets_equals_each_alone(causal, sizes):
    total = sum(sizes)
    query, key, value = leaf(total, 2, 3), leaf(total, 2, 3), leaf(total, 2, 5)
    batch = torch.arange(len(sizes)).repeat_interleave(torch.tensor(sizes))
    got = full_attention(query, key, value, batch=batch, causal=causal)
    want = torch.cat(
        [
            full_attention(q, k, v, causal=causal)
            for q, k, v in zip(
                query.split(sizes), key.split(sizes), value.split(sizes), strict=True
            )
        ]
    )
    assert_close(got, want)
    upstream, inputs = torch.randn_like(want), (query, key, value)
    assert_close(
        torch.autograd.grad(got, inputs, upstream),
        torch.autograd.grad(want, inputs, upstream),
    )


def test_cross_attention_keeps_sets_apart_and_gives_zeros_without_keys():
    query, key, value = leaf(9, 2, 3), leaf(7, 2, 3), leaf(7, 2, 5)
    sources, targets = torch.tensor([0] * 4 + [2] * 3), torch.tensor([0] * 2 + [1] * 7)
    got = full_attention(query, key, value, batch=(sources, targets))
    assert_close(got[:2], full_attention(query[:2], key[:4], value[:4]))
    assert not got[2:].any()


@pytest.mark.parametrize("dropout", [0.0, 0.37])
def test_gradcheck_in_small_blocks(dropout, monkeypatch):
    monkeypatch.setattr(portable, "_BLOCK_WEIGHTS", 13)
    monkeypatch.setattr("torch.randint", lambda *_, **__: torch.tensor([987654321987]))
    batch = torch.tensor([0] * 7 + [1] + [2] * 3)
    inputs = (leaf(11, 2, 3), leaf(11, 2, 3), leaf(11, 2, 2))

    def attend(query, key, value):
        return full_attention(
            query, key, value, batch=batch, causal=True, dropout=dropout
        )

    assert torch.autograd.gradcheck(attend, inputs)


def test_dropout_over_sets_keeps_the_mean():
    query = torch.randn(7, 1, 3)
    batch = torch.tensor([0, 0, 0, 1, 1, 1, 1])
    many = [
        full_attention(query, query, query, batch=batch, dropout=0.3)
        for _ in range(2000)
    ]
    want = full_attention(query, query, query, batch=batch)
    assert_close(torch.stack(many).mean(0), want, atol=0.08, rtol=0.08)


def test_nothing_to_attend_to_gives_zeros():
    query, nothing = torch.randn(3, 2, 5), torch.randn(0, 2, 5)
    assert not full_attention(query, nothing, nothing).any()
    assert full_attention(nothing, query, query).shape == (0, 2, 5)


@pytest.mark.parametrize(
    ("batch", "says"),
    [
        (torch.tensor([0, 1, 0]), "must not decrease"),
        (torch.tensor([0, 1]), "one set number per row"),
        (torch.tensor([-1, 0, 0]), "must not decrease"),
    ],
)
def test_refuses_a_batch_that_does_not_fit(batch, says):
    rows = torch.randn(3, 1, 5)
    with pytest.raises(ValueError, match=says):
        inspect.unwrap(full_attention)(rows, rows, rows, batch=batch)


def test_a_second_derivative_is_refused():
    query, batch = leaf(5, 2, 3), torch.tensor([0, 0, 1, 1, 1])
    out = full_attention(query, query, query, batch=batch).sin().sum()
    (grad,) = torch.autograd.grad(out, query, create_graph=True)
    with pytest.raises(RuntimeError, match="no second derivative"):
        grad.sum().backward()


def test_passes_opcheck():
    ptr = torch.tensor([0, 3, 3, 7])
    inputs = (leaf(7, 2, 3), leaf(7, 2, 3), leaf(7, 2, 5))
    seed = torch.tensor([5])
    torch.library.opcheck(
        torch.ops.graphattn.full.default, (*inputs, ptr, ptr, True, 0.5, 0.2, seed)
    )


@pytest.mark.parametrize("causal", [False, True])
def test_long_sets_give_what_short_ones_would(causal, monkeypatch):
    sources, targets = torch.tensor([0] * 211 + [2] * 3), torch.tensor([0, 1, 2, 2])
    query, key, value = leaf(4, 2, 3), leaf(214, 2, 3), leaf(214, 2, 5)
    found = []
    for large in (7, 1000):
        monkeypatch.setattr("graphattn.functional.full._LARGE", large)
        out = full_attention(query, key, value, batch=(sources, targets), causal=causal)
        grads = torch.autograd.grad(out.sin().sum(), (query, key, value))
        found.append((out, *grads))
    assert_close(*found)
    assert not found[0][0][1].any()


@pytest.mark.parametrize("shape", [(13,), (2, 13), (3, 2, 13)])
def test_no_matrix_of_all_pairs_is_made(shape):
    query, key, value = (torch.randn(*shape, 2, 8) for _ in range(3))
    with sdpa_kernel(SDPBackend.FLASH_ATTENTION):
        out = full_attention(query, key, value)
    assert_close(out, full_attention(query, key, value))


@pytest.mark.parametrize("shape", [(13,), (2, 13), (3, 2, 13), (0, 13)])
@pytest.mark.parametrize("causal", [False, True])
def test_dropout_is_the_same_for_sets_in_a_dimension_and_in_a_row(shape, causal):
    query, key = leaf(*shape, 2, 8), leaf(*shape, 2, 8)
    sets = torch.arange(math.prod(shape[:-1])).repeat_interleave(13)
    torch.manual_seed(0)
    got = full_attention(query, key, key, causal=causal, dropout=0.3)
    torch.manual_seed(0)
    flat = (tensor.reshape(len(sets), 2, 8) for tensor in (query, key, key))
    want = full_attention(*flat, batch=sets, causal=causal, dropout=0.3)
    assert_close(got.reshape(want.shape), want)

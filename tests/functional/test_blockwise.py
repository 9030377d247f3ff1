"""Attention in blocks: equal to the whole matrix, and never holding it."""

import subprocess
import sys

import pytest
import torch
from graphs import leaf
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from graphattn import full_attention
from graphattn.functional import blocks, blockwise_attention


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch):
    monkeypatch.setattr(blocks, "_BLOCK_WEIGHTS", 97)


def whole(query, key, value, bias, causal, memory, normalization="softmax"):
    scores = torch.einsum("...ihc,...jhc->...hij", query, key) * query.shape[-1] ** -0.5
    scores = scores if bias is None else scores + bias
    targets, sources = query.shape[-3], key.shape[-3]
    seen = torch.ones(targets, sources, dtype=torch.bool)
    seen = seen.tril(memory) if causal else seen
    scores = scores.masked_fill(~seen, -torch.inf)
    if normalization == "softmax":
        weights = scores.softmax(-1)
    else:
        weights = scores.relu()
    if normalization == "relu_mean":
        weights = weights / seen.sum(-1, keepdim=True)
    return torch.einsum("...hij,...jhd->...ihd", weights, value)


@pytest.mark.parametrize("normalization", ["softmax", "relu", "relu_mean"])
@pytest.mark.parametrize("causal", [False, True])
@settings(max_examples=15, deadline=None)
@given(
    targets=st.integers(1, 19),
    memory=st.integers(0, 5),
    sets=st.sampled_from([(), (2,), (1, 3)]),
    biased=st.booleans(),
)
def test_equals_the_whole_matrix(normalization, causal, targets, memory, sets, biased):
    sources = targets + memory
    query, key = leaf(*sets, targets, 3, 5), leaf(*sets, sources, 3, 5)
    value, bias = leaf(*sets, sources, 3, 2), leaf(3, targets, sources)
    options = {"causal": causal, "memory": memory, "normalization": normalization}
    given_bias = bias if biased else None
    got = blockwise_attention(query, key, value, bias=given_bias, **options)
    want = whole(query, key, value, given_bias, **options)
    assert_close(got, want)
    leaves = [query, key, value] + [bias] * biased
    upstream = torch.randn_like(want)
    assert_close(
        torch.autograd.grad(got, leaves, upstream),
        torch.autograd.grad(want, leaves, upstream),
    )


def test_a_bias_is_asked_for_a_block_at_a_time_and_learns():
    table, asked = leaf(3, 37), []
    rows = [leaf(19, 3, 5) for _ in range(3)]

    def bias(targets, sources):
        asked.append((len(targets), len(sources)))
        return table[:, sources - targets[:, None] + 18]

    places = torch.arange(19)
    want = full = whole(*rows, bias(places, places), True, 0)
    asked.clear()
    got = blockwise_attention(*rows, bias=bias, learned=[table], causal=True)
    assert_close(got, want)
    assert_close(
        torch.autograd.grad(got.sin().sum(), [table, *rows]),
        torch.autograd.grad(full.sin().sum(), [table, *rows]),
    )
    assert max(targets * sources for targets, sources in asked) <= 97 / 3


def test_agrees_with_full_attention_and_needs_no_rows():
    rows = [leaf(2, 11, 3, 5) for _ in range(3)]
    assert_close(blockwise_attention(*rows), full_attention(*rows))
    empty = [row[:, :0] for row in rows]
    assert blockwise_attention(*empty).shape == (2, 0, 3, 5)
    assert not blockwise_attention(rows[0], *empty[1:]).any()


@pytest.mark.parametrize("causal", [False, True])
@settings(max_examples=15, deadline=None)
@given(sizes=st.lists(st.integers(0, 9), min_size=1, max_size=4).filter(any))
def test_a_batch_equals_each_set_alone(causal, sizes):
    total = sum(sizes)
    rows, table = [leaf(total, 3, 5) for _ in range(3)], leaf(3, 2 * total + 1)
    batch = torch.arange(len(sizes)).repeat_interleave(torch.tensor(sizes))

    def bias(targets, sources):
        return table[:, sources - targets[:, None] + total]

    options = {"bias": bias, "learned": [table], "causal": causal}
    got = blockwise_attention(*rows, batch=batch, **options)
    alone = zip(*(row.split(sizes) for row in rows), strict=True)
    want = torch.cat([blockwise_attention(*each, **options) for each in alone])
    assert_close(got, want)
    leaves = [table, *rows]
    assert_close(
        torch.autograd.grad(got.sin().sum(), leaves, materialize_grads=True),
        torch.autograd.grad(want.sin().sum(), leaves, materialize_grads=True),
    )


def test_dropout_is_the_same_on_the_way_back():
    value, rows = leaf(19, 1, 19), torch.zeros(19, 1, 5, dtype=torch.float64)
    torch.manual_seed(5)
    out = blockwise_attention(rows, rows, value, dropout=0.5)
    torch.autograd.backward(out.sum())
    eye = torch.eye(19, dtype=torch.float64).unsqueeze(1)
    torch.manual_seed(5)
    weights = blockwise_attention(rows, rows, eye, dropout=0.5)[:, 0]
    assert 0 < (weights == 0).sum() < weights.numel()
    assert_close(value.grad[:, 0, 0], weights.sum(0))


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"memory": -1}, "memory must not be negative"),
        ({"normalization": "max"}, "must be one of softmax, relu, relu_mean"),
        ({"dropout": 2.0}, "dropout is a probability"),
        ({"bias": lambda i, j: leaf(2, len(i), len(j))}, "pass them as learned"),
        ({"memory": 1, "batch": torch.zeros(3).long()}, "memory comes before"),
        (
            {"bias": torch.zeros(2, 3, 3), "batch": torch.zeros(3).long()},
            "must be a function",
        ),
        ({"batch": torch.tensor([0, 1, 0])}, "blockwise_attention: batch must not"),
    ],
)
def test_refuses(options, says):
    rows = torch.zeros(3, 2, 5)
    with pytest.raises(ValueError, match=says):
        blockwise_attention(rows, rows, rows, **options)


# A process of its own, for its peak of memory; 4 x 5003 x 5003 weights are 400 MB.
MEASURE = """
import torch
from pathlib import Path
from graphattn.functional import blockwise_attention
from graphattn.nn import RelativeBias

def peak():
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(s.split()[1]) for s in lines if s.startswith("VmHWM:"))

def train(length):
    rows = [torch.randn(length, 4, 8, requires_grad=True) for _ in range(3)]
    place = torch.arange(length)
    def block(targets, sources):
        return bias.matrix(place[targets], place[sources])
    options = {"learned": bias.parameters(), "causal": True}
    blockwise_attention(*rows, bias=block, **options).sum().backward()

torch.set_num_threads(1)
bias = RelativeBias(4, 31)
train(257)
before = peak()
train(5003)
print((peak() - before) // 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc/self/status")
def test_peak_memory_keeps_the_bound():
    answer = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", MEASURE],
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(answer.stdout) < 96

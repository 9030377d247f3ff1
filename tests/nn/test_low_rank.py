"""Attention to a few mixtures of keys and values."""

import copy
import pickle

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from graphattn import full_attention
from graphattn.nn import LowRankAttention


def layer(*, length=17, rank=5, shared=False):
    torch.manual_seed(17)
    return LowRankAttention(15, length, rank, 3, shared=shared).double()


@pytest.mark.parametrize("shared", [False, True])
def test_equals_attention_to_the_mixtures(shared):
    model, x = layer(shared=shared), torch.randn(13, 15).double()
    query, key, value = model.in_proj(x).view(13, 3, 3, 5).unbind(1)
    value_mix = model.key_mix if shared else model.value_mix
    mixed = [
        torch.einsum("rn,nhd->rhd", mix[:, :13], rows)
        for mix, rows in ((model.key_mix, key), (value_mix, value))
    ]
    want = model.out_proj(full_attention(query, *mixed).flatten(1))
    assert_close(model(x), want)


def test_mixtures_of_one_node_each_are_full_attention():
    model, x = layer(length=13, rank=13), torch.randn(13, 15).double()
    model.key_mix.data = model.value_mix.data = torch.eye(13).double()
    query, key, value = model.in_proj(x).view(13, 3, 3, 5).unbind(1)
    full = full_attention(query, key, value).flatten(1)
    assert_close(model(x), model.out_proj(full))


@settings(max_examples=25, deadline=None)
@given(
    sizes=st.lists(st.integers(0, 7), min_size=1, max_size=4),
    extra=st.integers(0, 30),
    left=st.booleans(),
)
def test_padding_on_either_side_changes_nothing(sizes, extra, left):
    model, length = layer(), max(sizes) + extra
    x = torch.full((len(sizes), length, 15), torch.nan, dtype=torch.float64)
    mask = torch.arange(length) < torch.tensor(sizes)[:, None]
    mask = mask.flip(1) if left else mask
    x[mask] = torch.randn(sum(sizes), 15).double()
    batch = torch.arange(len(sizes)).repeat_interleave(torch.tensor(sizes))
    alone = [model(rows[keep]) for rows, keep in zip(x, mask, strict=True)]
    assert_close(model(x, mask=mask)[mask], torch.cat(alone))
    assert_close(model(x[mask], batch=batch), torch.cat(alone))


def test_nothing_for_every_pair_is_kept():
    model, saved = layer(length=997), []

    def pack(tensor):
        saved.append(tensor.numel())
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        model(torch.randn(997, 15).double())
    assert max(saved) <= 997 * 3 * 15


def test_copies_and_pickles():
    model, x = layer(), torch.randn(2, 13, 15).double()
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert torch.equal(other(x), model(x))


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: LowRankAttention(15, 7, 3, 2), "heads must divide channels"),
        (lambda: LowRankAttention(15, 0, 3), "at least 1"),
        (lambda: layer()(torch.zeros(18, 15).double()), "greater length"),
        (lambda: layer()(torch.zeros(7, 15).double(), causal=True), "cannot be causal"),
    ],
)
def test_refuses(call, says):
    with pytest.raises(ValueError, match=says):
        call()

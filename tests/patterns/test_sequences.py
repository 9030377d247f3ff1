import pytest
import torch
from dense import SETS, batch_of, matrix, places, same_set
from hypothesis import given, settings
from hypothesis import strategies as st

from graphattn import patterns


@settings(max_examples=40, deadline=None)
@given(sizes=SETS, size=st.integers(0, 5), dilation=st.integers(1, 4))
def test_windows_equal_their_dense_predicates(sizes, size, dilation):
    total, batch = sum(sizes), batch_of(sizes)
    gap = places(sizes)[:, None] - places(sizes)[None, :]
    near = (gap.abs() <= size * dilation) & (gap % dilation == 0) & same_set(sizes)
    options = {"batch": batch, "dilation": dilation}
    assert torch.equal(matrix(patterns.window(total, size, **options)), near.long())
    causal = patterns.window(total, size, causal=True, **options)
    assert torch.equal(matrix(causal), (near & (gap >= 0)).long())


@settings(max_examples=30, deadline=None)
@given(sizes=SETS, size=st.integers(1, 5))
def test_full_causal_and_blocks_equal_their_dense_predicates(sizes, size):
    total, batch, same = sum(sizes), batch_of(sizes), same_set(sizes)
    i, j = places(sizes)[:, None], places(sizes)[None, :]
    assert torch.equal(matrix(patterns.full(total, batch=batch)), same.long())
    assert torch.equal(
        matrix(patterns.causal(total, batch=batch)), (same & (j <= i)).long()
    )
    blocks = patterns.blocks(total, size, batch=batch)
    assert torch.equal(matrix(blocks), (same & (i // size == j // size)).long())


@settings(max_examples=30, deadline=None)
@given(sizes=SETS, size=st.integers(0, 3), tokens=st.integers(0, 3))
def test_longformer_is_a_window_and_tokens_that_see_all(sizes, size, tokens):
    total, batch, place = sum(sizes), batch_of(sizes), places(sizes)
    token = place < tokens
    near = (place[:, None] - place[None, :]).abs() <= size
    seen = token[:, None] | token[None, :]
    same = same_set(sizes)
    got = matrix(patterns.global_tokens(total, tokens, batch=batch))
    assert torch.equal(got, (same & seen).long())
    got = matrix(patterns.longformer(total, size, tokens, batch=batch))
    assert torch.equal(got, (same & (seen | near)).long())


def test_tokens_may_be_named():
    got = matrix(patterns.global_tokens(5, torch.tensor([3, 1])))
    token = torch.tensor([False, True, False, True, False])
    assert torch.equal(got, (token[:, None] | token[None, :]).long())


@settings(max_examples=20, deadline=None)
@given(sizes=SETS, drawn=st.integers(0, 3))
def test_bigbird_adds_random_nodes_of_the_same_set(sizes, drawn):
    total, batch = sum(sizes), batch_of(sizes)
    base = matrix(patterns.longformer(total, 1, 1, batch=batch))
    got = matrix(patterns.bigbird(total, 1, 1, drawn, seed=3, batch=batch))
    assert (got <= same_set(sizes).long()).all()
    assert (got >= base).all()
    assert ((got - base).sum(1) <= drawn).all()


@settings(max_examples=30, deadline=None)
@given(pairs=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=5))
def test_bipartite_full_joins_sets_of_either_side(pairs):
    sources, targets = (batch_of([pair[side] for pair in pairs]) for side in (0, 1))
    batch = (sources, targets)
    got = patterns.bipartite_full(len(sources), len(targets), batch=batch)
    assert torch.equal(matrix(got), (targets[:, None] == sources[None, :]).long())


def test_without_batch_there_is_one_set():
    assert torch.equal(matrix(patterns.full(5)), torch.ones(5, 5).long())
    assert torch.equal(matrix(patterns.bipartite_full(5, 3)), torch.ones(3, 5).long())
    assert patterns.window(7, 1).num_edges == 19
    assert patterns.causal(0).num_edges == 0


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: patterns.window(5, -1), "must not be negative"),
        (lambda: patterns.window(5, 1, dilation=0), "dilation must be at least 1"),
        (lambda: patterns.blocks(5, 0), "size must be at least 1"),
        (lambda: patterns.global_tokens(5, -1), "must not be negative"),
        (lambda: patterns.global_tokens(5, torch.tensor([5])), "numbers of nodes"),
        (lambda: patterns.full(-1), "num_nodes must not be negative"),
        (lambda: patterns.full(3, batch=torch.tensor([0, 1, 0])), "must not decrease"),
        (lambda: patterns.full(3, batch=torch.tensor([0, 1])), "one set number"),
        (lambda: patterns.full(50_000), "at most 2\\^31 - 1 pairs"),
    ],
)
def test_refuse_what_makes_no_sense(call, says):
    with pytest.raises(ValueError, match=says):
        call()

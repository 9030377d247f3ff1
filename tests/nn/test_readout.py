import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from graphattn import patterns
from graphattn.nn import (
    AttentionReadout,
    ClassToken,
    GraphAttention,
    Readout,
    SetQueries,
)

BATCH = torch.tensor([0] * 5 + [2] + [3] * 7)
READOUTS = {
    "mean": lambda: Readout("mean"),
    "sum": lambda: Readout("sum"),
    "max": lambda: Readout("max"),
    "attention": lambda: AttentionReadout(6, 3),
    "queries": lambda: SetQueries(6, 5, 3),
}
each_readout = pytest.mark.parametrize("name", READOUTS)


def rows(*shape) -> torch.Tensor:
    return torch.randn(*shape, 6).double()


def test_mean_sum_and_max_are_those_of_each_set():
    x = rows(13)
    for name, reduce in (("mean", torch.mean), ("sum", torch.sum), ("max", torch.amax)):
        got = Readout(name)(x, BATCH)
        assert_close(got[3], reduce(x[6:], 0))
        assert_close(got[2], x[5])
        assert_close(got[1], torch.zeros(6).double())


@each_readout
def test_a_batch_equals_each_set_alone(name):
    readout, x = READOUTS[name]().double(), rows(13)
    got = readout(x, BATCH, 4)
    for number in (0, 2, 3):
        assert_close(got[number], readout(x[BATCH == number]))


@each_readout
def test_a_dimension_of_sets_equals_a_batch(name):
    readout, x = READOUTS[name]().double(), rows(2, 3, 7)
    of_row = torch.arange(6).repeat_interleave(7)
    want = readout(x.flatten(0, 2), of_row)
    assert_close(readout(x).flatten(0, 1), want)


@each_readout
@settings(max_examples=10, deadline=None)
@given(order=st.permutations(range(13)))
def test_the_order_of_the_nodes_does_not_matter(name, order):
    readout, x = READOUTS[name]().double(), rows(13)
    assert_close(readout(x[torch.tensor(order)]), readout(x))


@each_readout
def test_sets_at_the_end_may_be_empty(name):
    assert len(READOUTS[name]().double()(rows(13), BATCH, 6)) == 6


def test_each_query_of_a_set_asks_for_itself():
    readout, x = SetQueries(6, 5, 3).double(), rows(13)
    want = readout.attention((x[:5], readout.queries))
    assert_close(readout(x, BATCH)[0], want)


def test_a_class_token_sees_its_set_alone_and_is_seen_by_it():
    token, layer = ClassToken(6).double(), GraphAttention(6, 6, 3).double()
    x, window = rows(13).requires_grad_(), patterns.window(13, 1, batch=BATCH)
    with_token = token(x, window, batch=BATCH)
    found = token.read(layer(with_token.x, with_token.edge_index), with_token)
    assert found.shape == (4, 6)
    seen = torch.autograd.grad(found[3].sum(), x)[0].abs().sum(1) > 0
    assert seen.tolist() == [False] * 6 + [True] * 7
    edges = with_token.edge_index
    assert edges.num_edges == window.num_edges + 2 * 13 + 4
    pairs = set(map(tuple, edges.edge_index.T.tolist()))
    first = int(with_token.tokens[3])
    assert {(first, first + k) for k in range(8)} <= pairs
    assert {(first + k, first) for k in range(8)} <= pairs


def test_the_nodes_keep_their_edges_beside_the_token():
    token, window = ClassToken(6).double(), patterns.window(13, 1, batch=BATCH)
    x = torch.arange(13.0).double().unsqueeze(1).expand(13, 6)
    with_token = token(x, window, batch=BATCH)
    source, target = with_token.edge_index.edge_index[:, : window.num_edges]
    ends = torch.stack([with_token.x[source, 0], with_token.x[target, 0]])
    assert_close(ends, window.edge_index.double())


def test_full_attention_with_tokens_equals_edges_with_tokens():
    token, layer = ClassToken(6).double(), GraphAttention(6, 6, 3).double()
    x = rows(13)
    free, bound = (
        token(x, edges, batch=BATCH) for edges in (None, patterns.full(13, batch=BATCH))
    )
    got = layer(bound.x, bound.edge_index)
    assert_close(got, layer(free.x, batch=free.batch))


def test_tokens_before_a_dimension_of_sets_equal_those_of_a_batch():
    token, layer = ClassToken(6).double(), GraphAttention(6, 6, 3).double()
    x, window = rows(3, 7), patterns.window(7, 1)
    dense = token(x, window)
    got = token.read(layer(dense.x, dense.edge_index), dense)
    alone = [token(one, window) for one in x]
    want = [token.read(layer(one.x, one.edge_index), one) for one in alone]
    assert_close(got, torch.stack(want))


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="reduction must be one of mean, sum, max"):
        Readout("median")
    with pytest.raises(ValueError, match="num_sets must count all sets"):
        Readout()(rows(13), BATCH, 3)
    with pytest.raises(ValueError, match="one set number per row"):
        AttentionReadout(6).double()(rows(2, 13), BATCH)
    with pytest.raises(ValueError, match="must not decrease"):
        ClassToken(6).double()(rows(13), batch=BATCH.flip(0))

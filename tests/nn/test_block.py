import pytest
import torch
from graphs import GRAPHS
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import gelu
from torch.testing import assert_close

from graphattn import patterns
from graphattn.nn import GatedResidual, GraphTransformerBlock

KINDS = {
    "plain": {},
    "norm last": {"norm_first": False},
    "gated": {"gated": True},
    "beside full": {"beside_full": True},
}
each_kind = pytest.mark.parametrize("kind", KINDS)
BATCH = torch.tensor([0] * 5 + [1] + [2] * 7)


def block(**options) -> GraphTransformerBlock:
    return GraphTransformerBlock(6, 3, **options).double().eval()


def rows(*shape) -> torch.Tensor:
    return torch.randn(*shape, 6).double()


def test_the_state_dict_is_what_it_was_before_there_were_options():
    parts = {name.split(".")[0] for name in GraphTransformerBlock(6, 3).state_dict()}
    names = {"attention_norm", "attention", "feed_forward_norm", "feed_forward"}
    assert parts == names


def test_norm_first_and_norm_last_are_the_two_formulas():
    x, window = rows(13), patterns.window(13, 2)
    for first in (True, False):
        one = block(norm_first=first)
        one.attention_norm.weight.data.uniform_(0.5, 2)
        before, after = (one.attention_norm, one.feed_forward_norm)
        up, down = one.feed_forward[0], one.feed_forward[3]
        if first:
            hidden = x + one.attention(before(x), window)
            want = hidden + down(gelu(up(after(hidden))))
        else:
            hidden = before(x + one.attention(x, window))
            want = after(hidden + down(gelu(up(hidden))))
        assert_close(one(x, window), want)


@each_kind
@settings(max_examples=10, deadline=None)
@given(order=st.permutations(range(13)))
def test_permuting_nodes_permutes_the_output(kind, order):
    model, order = block(**KINDS[kind]), torch.tensor(order)
    x, edges = rows(13), GRAPHS["unsorted"].edge_index
    moved = order.argsort()[edges]
    assert_close(model(x[order], moved), model(x, edges)[order])


@each_kind
def test_a_batch_equals_each_graph_alone(kind):
    model, x = block(**KINDS[kind]), rows(13)
    got = model(x, patterns.window(13, 2, batch=BATCH), batch=batch_of(kind))
    alone = [
        model(x[BATCH == k], patterns.window(n, 2)) for k, n in enumerate((5, 1, 7))
    ]
    assert_close(got, torch.cat(alone))


def batch_of(kind):
    return BATCH if kind == "beside full" else None


def test_a_gate_begins_at_the_mean_and_reaches_both_ends():
    gate = GatedResidual(6).double()
    x, update = rows(7), rows(7)
    assert_close(gate(x, update), (x + update) / 2)
    gate.weight.data[:6] = 1000.0
    assert_close(gate(x.abs() + 1, update), x.abs() + 1)
    assert_close(gate(-x.abs() - 1, update), update)


def test_beside_full_is_the_sum_of_two_attentions():
    model, x, edges = block(beside_full=True), rows(13), patterns.window(13, 1)
    both = model.attention
    want = both.local(x, edges) + both.whole(x, batch=BATCH)
    assert_close(both(x, edges, batch=BATCH), want)
    seen = torch.autograd.grad(both(x.requires_grad_(), edges)[0].sum(), x)[0]
    assert bool((seen != 0).any(1).all())


def test_beside_full_needs_edges():
    with pytest.raises(ValueError, match="LocalGlobalAttention: edges are needed"):
        block(beside_full=True)(rows(13))


def test_an_edge_hears_from_its_own_ends_alone():
    model = block(edge_dim=4, update_edges=True)
    edges, attr = GRAPHS["unsorted"].edge_index, torch.randn(37, 4).double()
    edges = edges[:, :37] if edges.shape[1] > 37 else edges
    attr = attr[: edges.shape[1]]
    x = rows(13).requires_grad_()
    new_x, new_attr = model(x, edges, attr)
    assert_close(new_attr, model.edge_update(new_x, edges, attr))
    update = model.edge_update(x, edges, attr)[3].sum()
    seen = torch.autograd.grad(update, x)[0].abs().sum(1).nonzero().view(-1)
    assert set(seen.tolist()) == set(edges[:, 3].tolist())


def test_updating_edges_needs_their_width_and_their_features():
    with pytest.raises(ValueError, match="update_edges needs edge_dim"):
        block(update_edges=True)
    with pytest.raises(ValueError, match="needs edge_index and edge_attr"):
        block(edge_dim=4, update_edges=True)(rows(13))


@each_kind
def test_attention_weights_add_up_to_one_at_each_target(kind):
    model, window = block(**KINDS[kind]), patterns.window(13, 2)
    weights = model.attention_weights(rows(13), window)
    total = torch.zeros(13, 3).double().index_add(0, window.edge_index[1], weights)
    assert_close(total, torch.ones(13, 3).double())

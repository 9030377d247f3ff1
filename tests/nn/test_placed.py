"""`GraphAttention` with a position: on edges, full, causal, in batches, with memory."""

import copy
import inspect
import pickle

import pytest
import torch
from graphs import GRAPHS, random_graph
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from graphattn import GraphAttention, patterns
from graphattn.nn import (
    ALiBi,
    RelativeBias,
    RelativeScore,
    RotaryEncoding,
    SinusoidalEncoding,
    grid_places,
)
from graphattn.nn.placed import check_position, with_memory

HEADS, WIDTH = 3, 6
POSITIONS = {
    "rotary": lambda: RotaryEncoding(WIDTH),
    "transformer-xl": lambda: RelativeScore(HEADS, WIDTH),
    "clipped": lambda: RelativeBias(HEADS, 5),
    "bucketed": lambda: RelativeBias(HEADS, 29, buckets=10),
    "alibi": lambda: ALiBi(HEADS),
}
each_position = pytest.mark.parametrize("name", POSITIONS)


def layer(name, in_channels=7, **options):
    torch.manual_seed(17)
    position = POSITIONS[name]()
    for parameter in position.parameters():
        torch.nn.init.normal_(parameter)
    built = GraphAttention(
        in_channels, HEADS * WIDTH, HEADS, position=position, **options
    )
    return built.double()


def nodes(*shape):
    return torch.randn(*shape, dtype=torch.float64)


def grads(out, inputs):
    weight = torch.linspace(-1, 1, out.numel(), dtype=out.dtype).view_as(out)
    return torch.autograd.grad((out * weight).sum(), inputs, materialize_grads=True)


@each_position
@pytest.mark.parametrize("causal", [False, True])
def test_edges_of_the_complete_graph_equal_full_attention(name, causal):
    model, x = layer(name), nodes(11, 7).requires_grad_()
    pattern = patterns.causal(11) if causal else patterns.full(11)
    full, edges = model(x, causal=causal), model(x, pattern)
    assert_close(edges, full)
    leaves = [x, *model.parameters()]
    assert_close(grads(edges, leaves), grads(full, leaves))


@each_position
def test_places_matter_and_only_their_differences_do(name):
    model, x, edges = layer(name), nodes(13, 7), GRAPHS["unsorted"].edge_index
    place = torch.randint(99, (13,))
    for options in ({}, {"edge_index": edges}, {"causal": True}):
        want = model(x, place=place, **options)
        assert_close(model(x, place=place + 12_345, **options), want)
        assert not torch.allclose(model(x, place=place.flip(0), **options), want)


@each_position
@settings(max_examples=10, deadline=None)
@given(order=st.permutations(range(13)))
def test_permuting_nodes_with_their_places_permutes_the_output(name, order):
    model, order = layer(name), torch.tensor(order)
    x, edges, place = nodes(13, 7), GRAPHS["unsorted"].edge_index, torch.arange(13)
    moved = order.argsort()[edges]
    assert_close(model(x[order], moved, place=place[order]), model(x, edges)[order])
    assert_close(model(x[order], place=place[order]), model(x)[order])


@each_position
@settings(max_examples=10, deadline=None)
@given(sizes=st.lists(st.integers(0, 7), min_size=1, max_size=4))
def test_a_batch_equals_each_graph_alone(name, sizes):
    model, x = layer(name), nodes(sum(sizes), 7)
    batch = torch.arange(len(sizes)).repeat_interleave(torch.tensor(sizes))
    for causal in (False, True):
        alone = [model(part, causal=causal) for part in x.split(sizes)]
        assert_close(model(x, batch=batch, causal=causal), torch.cat(alone))
    near = patterns.window(len(x), 2, batch=batch)
    alone = [model(part, patterns.window(len(part), 2)) for part in x.split(sizes)]
    assert_close(model(x, near, batch=batch), torch.cat(alone))


@pytest.mark.parametrize("name", ["clipped", "alibi"])
@pytest.mark.parametrize("causal", [False, True])
def test_large_sets_of_a_batch_go_in_blocks_and_small_ones_along_edges(
    name, causal, monkeypatch
):
    model, x = layer(name), nodes(13, 7).requires_grad_()
    batch, found = torch.tensor([0] * 6 + [1] * 7), []
    for large in (1, 1000):
        monkeypatch.setattr("graphattn.nn.placed._LARGE", large)
        out = model(x, batch=batch, causal=causal)
        grads_of = [x, *model.parameters()]
        found.append((out, *grads(out, grads_of)))
    assert_close(*found)


@each_position
def test_dense_sequences_equal_each_alone(name):
    model, x, near = layer(name), nodes(2, 3, 11, 7), patterns.window(11, 2)
    assert_close(model(x)[1, 2], model(x[1, 2]))
    assert_close(model(x, near)[1, 2], model(x[1, 2], near))
    assert_close(model(x, causal=True)[1, 2], model(x[1, 2], causal=True))


@each_position
@settings(max_examples=10, deadline=None)
@given(length=st.integers(1, 13))
def test_a_window_of_everyone_is_full_attention(name, length):
    model, x = layer(name), nodes(length, 7)
    assert_close(model(x, patterns.window(length, length)), model(x))


@each_position
@pytest.mark.parametrize("memory", [None, 5])
def test_causal_attention_does_not_look_ahead(name, memory):
    model, x = layer(name), nodes(11, 7).requires_grad_()
    before = None if memory is None else nodes(memory, 7)
    out = model(x, causal=True, memory=before)
    seen = torch.autograd.grad(out[4].sum(), x)[0]
    assert seen[:5].abs().sum(1).min() > 0
    assert not seen[5:].any()


@each_position
def test_with_memory_a_text_in_parts_equals_the_text_in_one_piece(name):
    model, x = layer(name), nodes(2, 13, 7)
    whole = model(x, causal=True)
    parts = [model(x[:, :5], causal=True)]
    parts.append(model(x[:, 5:9], causal=True, memory=x[:, :5]))
    parts.append(model(x[:, 9:], causal=True, memory=x[:, :9]))
    assert_close(torch.cat(parts, 1), whole)
    assert_close(model(x[:, 5:], memory=x[:, :5]), model(x)[:, 5:])


def test_memory_without_a_position_and_with_every_score():
    x = nodes(9, 7)
    for score in ("dot", "additive", "gatv2", "gat"):
        model = GraphAttention(7, 6, 2, score=score).double()
        got = model(x[4:], causal=True, memory=x[:4])
        assert_close(got, model(x, causal=True)[4:])
        _, weights = model(x[4:], memory=x[:4], return_attention_weights=True)
        assert weights.shape == (45, 2)


@each_position
def test_weights_hooks_and_explain_see_places(name):
    model, x, edges = layer(name), nodes(13, 7), GRAPHS["unsorted"].edge_index
    want = model(x, edges)
    out, weights = model(x, edges, return_attention_weights=True)
    assert_close(out, want)
    totals = torch.zeros(13, HEADS).double().index_add(0, edges[1], weights)
    attending = edges[1].unique()
    assert_close(totals[attending], torch.ones(len(attending), HEADS).double())
    full = model(x)
    model.register_message_forward_hook(lambda module, inputs, output: None)
    assert_close(model(x, edges), want)
    assert_close(model(x), full)


@pytest.mark.parametrize("name", ["clipped", "alibi"])
@pytest.mark.parametrize("score", ["additive", "gatv2", "gat"])
def test_biases_serve_every_score(name, score):
    model, x = layer(name, score=score), nodes(11, 7)
    assert_close(model(x), model(x, patterns.full(11)))
    flat = layer(name, score=score)
    flat.position = None
    assert not torch.allclose(flat(x), model(x))


@each_position
def test_cross_attention_knows_both_places(name):
    model, graph = layer(name, in_channels=(7, 5)), GRAPHS["bipartite"]
    x = nodes(5, 7), nodes(11, 5)
    places = torch.arange(5) * 2, torch.arange(11)
    pairs = patterns.bipartite_full(5, 11)
    assert_close(model(x, pairs, place=places), model(x, place=places))
    moved = places[0] + 77, places[1] + 77
    want = model(x, graph.edge_index, place=places)
    assert_close(model(x, graph.edge_index, place=moved), want)
    batches = torch.tensor([0, 0, 1, 1, 1]), torch.arange(11) // 6
    got = model(x, batch=batches)
    assert_close(got[:6], model((x[0][:2], x[1][:6])))
    assert_close(got[6:], model((x[0][2:], x[1][6:])))


def test_pixels_know_rows_and_columns():
    place = grid_places(3, 5)
    for position in (
        RotaryEncoding(4, dims=2),
        RelativeBias(2, 2, dims=2),
        ALiBi(2, dims=2),
    ):
        model = GraphAttention(7, 8, 2, position=position).double()
        x = nodes(2, 15, 7)
        near = patterns.full(15)
        assert_close(model(x, place=place), model(x, near, place=place))
        with pytest.raises(ValueError, match="grid_places"):
            model(x)


def test_one_position_may_serve_several_layers():
    shared = RelativeBias(HEADS, 5)
    layers = [GraphAttention(18, 18, HEADS, position=shared) for _ in range(2)]
    stack = torch.nn.ModuleList(layers)
    assert sum(p is shared.table for p in stack.parameters()) == 1


def test_a_bias_of_edges_is_added():
    model, graph = GraphAttention(7, 6, 2).double(), random_graph(61, 13, 13)
    x, bias = nodes(13, 7), nodes(61, 2).requires_grad_()
    barred = torch.where(torch.rand(61, 2) > 0.4, 0.0, -torch.inf).double()
    want = model(x, graph.edge_index, edge_mask=barred == 0)
    assert_close(model(x, graph.edge_index, edge_bias=barred), want)
    out = model(x, graph.edge_index, edge_bias=bias)
    assert torch.autograd.grad(out.square().sum(), bias)[0].any()


@each_position
def test_copies_and_pickles(name):
    model, x = layer(name), nodes(11, 7)
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert torch.equal(other(x), model(x))
    other = layer(name)
    other.reset_parameters()
    other.load_state_dict(model.state_dict())
    assert torch.equal(other(x), model(x))


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"position": RotaryEncoding(6), "score": "gat"}, "take score='dot'"),
        ({"position": RotaryEncoding(4)}, "made for the layer's head_dim"),
        ({"position": RelativeBias(2)}, "made for the layer's heads"),
    ],
)
def test_refuses_positions_that_do_not_fit(options, says):
    with pytest.raises(ValueError, match=says):
        GraphAttention(7, 18, 3, **options)


def test_refuses_encodings_that_are_added_to_features():
    with pytest.raises(ValueError, match="added to x before the layer"):
        inspect.unwrap(check_position)(SinusoidalEncoding(6), "dot", True, 3, 6)


@pytest.mark.parametrize(
    ("position", "options", "says"),
    [
        (None, {"place": torch.arange(13)}, "made with a position"),
        ("alibi", {"place": torch.arange(12)}, "place must have one row per node"),
        (
            "alibi",
            {"memory": torch.zeros(3, 7), "edge_index": torch.zeros(2, 1).long()},
            "pass x as a pair",
        ),
    ],
)
def test_refuses_inputs_that_do_not_fit(position, options, says):
    model = GraphAttention(7, 18, 3) if position is None else layer(position).float()
    with pytest.raises(ValueError, match=says):
        model(torch.randn(13, 7), **options)


def test_refuses_memory_of_another_width():
    with pytest.raises(ValueError, match="memory must have the shape of x"):
        with_memory(torch.zeros(3, 5), torch.zeros(13, 7))


def test_pyg_has_no_places():
    model = GraphAttention(7, 6, 2, output_projection=False, position=ALiBi(2))
    with pytest.raises(ValueError, match="without a position"):
        model.to_pyg()

import copy
import pickle

import pytest
import torch
from graphs import GRAPHS, random_graph
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close
from torch_geometric.data import Batch, Data
from torch_geometric.nn import Sequential

from graphattn import GraphAttention, patterns

SCORES = ("dot", "additive", "gatv2", "gat")
each_score = pytest.mark.parametrize("score", SCORES)


def layer(score="dot", *, in_channels=7, out_channels=15, heads=3, **options):
    built = GraphAttention(in_channels, out_channels, heads, score=score, **options)
    return built.double()


def grads(out, inputs):
    weight = torch.linspace(-1, 1, out.numel(), dtype=out.dtype).view_as(out)
    return torch.autograd.grad((out * weight).sum(), inputs, materialize_grads=True)


@each_score
@pytest.mark.parametrize("concat", [True, False])
@pytest.mark.parametrize(
    ("dtype", "tolerance"), [(torch.float32, 1e-5), (torch.float64, 1e-10)]
)
def test_edges_of_the_complete_graph_equal_full_attention(
    score, concat, dtype, tolerance
):
    model = layer(score, concat=concat).to(dtype)
    x = torch.randn(11, 7, dtype=dtype, requires_grad=True)
    everything = [x, *model.parameters()]
    full, edges = model(x), model(x, patterns.full(11).edge_index)
    assert_close(edges, full, atol=tolerance, rtol=tolerance)
    for one, other in zip(
        grads(edges, everything), grads(full, everything), strict=True
    ):
        assert_close(one, other, atol=10 * tolerance, rtol=10 * tolerance)


@each_score
def test_one_state_dict_serves_every_adjacency(score):
    first, second = layer(score), layer(score)
    second.load_state_dict(first.state_dict())
    x = torch.randn(13, 7).double()
    for adjacency in (
        None,
        GRAPHS["unsorted"].edge_index,
        patterns.window(13, 2),
        patterns.k_hop(GRAPHS["unsorted"].edge_index, 13, 2),
    ):
        assert_close(first(x, adjacency), second(x, adjacency))


@each_score
@settings(max_examples=20, deadline=None)
@given(order=st.permutations(range(13)))
def test_permuting_nodes_permutes_the_output(score, order):
    model, order = layer(score), torch.tensor(order)
    x, edges = torch.randn(13, 7).double(), GRAPHS["unsorted"].edge_index
    assert_close(model(x[order], order.argsort()[edges]), model(x, edges)[order])
    assert_close(model(x[order]), model(x)[order])


@each_score
def test_a_batch_equals_each_graph_alone(score):
    model = layer(score, edge_dim=2)
    graphs = [
        Data(
            x=torch.randn(n, 7).double(),
            edge_index=random_graph(e, n, n).edge_index,
            edge_attr=torch.randn(e, 2).double(),
        )
        for n, e in ((5, 11), (1, 0), (3, 7), (17, 43))
    ]
    together = Batch.from_data_list(graphs)
    alone = [model(g.x, g.edge_index, g.edge_attr) for g in graphs]
    got = model(together.x, together.edge_index, together.edge_attr)
    assert_close(got, torch.cat(alone))
    assert_close(
        model(together.x, batch=together.batch),
        torch.cat([model(g.x) for g in graphs]),
    )


@each_score
def test_sequences_that_share_an_adjacency_equal_each_alone(score):
    model, window = layer(score, edge_dim=2), patterns.window(11, 2)
    x = torch.randn(3, 11, 7).double()
    attr = torch.randn(window.num_edges, 2).double()
    mask = torch.rand(window.num_edges, 3) > 0.3
    alone = [model(s, window, attr, edge_mask=mask) for s in x]
    assert_close(model(x, window, attr, edge_mask=mask), torch.stack(alone))
    assert_close(model(x), torch.stack([model(s) for s in x]))
    assert_close(model(x, causal=True), torch.stack([model(s, causal=True) for s in x]))


@each_score
@pytest.mark.parametrize("concat", [True, False])
def test_sets_in_two_dimensions_are_sets_too_with_hooks_and_without(score, concat):
    model, window = layer(score, edge_dim=2, concat=concat), patterns.window(11, 2)
    x, attr = torch.randn(2, 3, 11, 7).double(), torch.randn(window.num_edges, 2)
    want = model(x.flatten(0, 1), window, attr.double()).unflatten(0, (2, 3))
    assert_close(model(x, window, attr.double()), want)
    model.register_message_forward_hook(lambda module, inputs, output: None)
    assert_close(model(x, window, attr.double()), want)


@each_score
def test_causal_attention_does_not_look_ahead(score):
    model = layer(score)
    x = torch.randn(11, 7).double().requires_grad_()
    seen = torch.autograd.grad(model(x, causal=True)[4].sum(), x)[0]
    assert seen[:5].abs().sum() > 0
    assert not seen[5:].any()
    assert_close(model(x, causal=True), model(x, patterns.causal(11)))


@each_score
def test_a_skip_adds_a_projection_of_the_targets(score):
    model, graph = layer(score, in_channels=(7, 5), skip=True), GRAPHS["bipartite"]
    x = torch.randn(5, 7).double(), torch.randn(11, 5).double()
    got = model(x, graph.edge_index)
    skip, model.skip_proj = model.skip_proj, None
    assert_close(got, model(x, graph.edge_index) + skip(x[1]))


@each_score
def test_cross_attention_along_edges(score):
    model, graph = layer(score, in_channels=(7, 5)), GRAPHS["bipartite"]
    source, target = torch.randn(5, 7).double(), torch.randn(11, 5).double()
    assert model((source, target), graph.edge_index).shape == (11, 15)


def test_full_cross_attention_equals_all_pairs():
    model = layer("dot", in_channels=(7, 5))
    source, target = torch.randn(5, 7).double(), torch.randn(11, 5).double()
    pairs = torch.cartesian_prod(torch.arange(5), torch.arange(11)).T
    assert_close(model((source, target)), model((source, target), pairs))
    batches = torch.tensor([0, 0, 1, 1, 1]), torch.arange(11) // 6
    got = model((source, target), batch=batches)
    assert_close(got[:6], model((source[:2], target[:6])))
    assert_close(got[6:], model((source[2:], target[6:])))


@each_score
def test_with_hooks_or_explain_it_propagates_the_same_numbers(score):
    model, graph = layer(score, edge_dim=2), GRAPHS["unsorted"]
    x, attr = torch.randn(13, 7).double(), torch.randn(61, 2).double()
    mask = torch.rand(61) > 0.3
    want = model(x, graph.edge_index, attr, edge_mask=mask)
    seen = []
    handle = model.register_message_forward_hook(
        lambda module, inputs, output: seen.append(output.shape)
    )
    assert_close(model(x, graph.edge_index, attr, edge_mask=mask), want)
    assert seen == [(61, 15)]
    handle.remove()
    model.explain = True
    model._edge_mask, model._apply_sigmoid = torch.ones(61).double(), False
    model._loop_mask = torch.ones(61, dtype=torch.bool)
    assert_close(model(x, graph.edge_index, attr, edge_mask=mask), want)
    model._edge_mask = torch.zeros(61).double()
    bias = model.out_proj.bias.expand(13, -1)
    assert_close(model(x, graph.edge_index, attr), bias)


@each_score
def test_a_hook_on_messages_changes_the_result_also_of_full_attention(score):
    model, x = layer(score, output_projection=False), torch.randn(13, 7).double()
    along, full = model(x, GRAPHS["unsorted"].edge_index), model(x)
    model.register_message_forward_hook(lambda module, inputs, output: 3 * output)
    assert_close(model(x, GRAPHS["unsorted"].edge_index), 3 * along)
    assert_close(model(x), 3 * full)


def test_a_subclass_with_its_own_message_is_heard():
    class Doubled(GraphAttention):
        def message(self, value_j, alpha):
            return 2 * super().message(value_j, alpha, None)

    model, edges = layer(output_projection=False), GRAPHS["unsorted"].edge_index
    doubled = Doubled(7, 15, 3, output_projection=False).double()
    doubled.load_state_dict(model.state_dict())
    x = torch.randn(13, 7).double()
    assert_close(doubled(x, edges), 2 * model(x, edges))


@each_score
def test_weights_are_in_edge_order_and_sum_to_one(score):
    model, graph = layer(score), GRAPHS["unsorted"]
    x = torch.randn(13, 7).double()
    out, weights = model(x, graph.edge_index, return_attention_weights=True)
    assert_close(out, model(x, graph.edge_index))
    assert weights.shape == (61, 3)
    totals = torch.zeros(13, 3).double().index_add(0, graph.edge_index[1], weights)
    attending = graph.edge_index[1].unique()
    assert_close(totals[attending], torch.ones(len(attending), 3).double())
    _, full = model(x, return_attention_weights=True)
    assert full.shape == (169, 3)


@each_score
def test_dropout_acts_in_training_only(score):
    model, edges = layer(score, dropout=0.5), GRAPHS["unsorted"].edge_index
    x = torch.randn(13, 7).double()
    assert not torch.equal(model(x, edges), model(x, edges))
    torch.manual_seed(3)
    first = model(x, edges)
    torch.manual_seed(3)
    assert torch.equal(model(x, edges), first)
    model.eval()
    assert torch.equal(model(x, edges), model(x, edges))


def test_dropout_keeps_the_mean():
    model, edges = layer(dropout=0.3), GRAPHS["complete"].edge_index
    x = torch.randn(7, 7).double()
    many = torch.stack([model(x, edges) for _ in range(3000)])
    want = model.eval()(x, edges)
    assert_close(many.mean(0), want, atol=0.05, rtol=0.05)


def test_lazy_widths_come_from_the_first_input():
    model = GraphAttention((-1, -1), 6, 2)
    source, target = torch.randn(5, 3), torch.randn(11, 2)
    assert model((source, target), GRAPHS["bipartite"].edge_index).shape == (11, 6)


def test_copies_pickles_and_sits_in_pyg_containers():
    model, edges = GraphAttention(7, 6, 2), GRAPHS["unsorted"].edge_index
    x = torch.randn(13, 7)
    want = model(x, edges)
    assert_close(copy.deepcopy(model)(x, edges), want)
    assert_close(pickle.loads(pickle.dumps(model))(x, edges), want)
    chain = Sequential(
        "x, edge_index", [(model, "x, edge_index -> x"), torch.nn.ReLU()]
    )
    assert_close(chain(x, edges), want.relu())
    assert repr(model) == "GraphAttention(7, 6, heads=2, score='dot')"


def test_autocast_computes_in_the_narrow_type():
    model, edges = GraphAttention(7, 6, 2), GRAPHS["unsorted"].edge_index
    x = torch.randn(13, 7)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        got, full = model(x, edges), model(x)
    assert got.dtype == full.dtype == torch.bfloat16
    assert_close(got.float(), model(x, edges), atol=0.05, rtol=0.05)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"out_channels": 16, "heads": 3}, "heads must divide out_channels"),
        ({"score": "cosine"}, "score must be one of dot, additive, gatv2, gat"),
        ({"dropout": 1.5}, "dropout is a probability"),
        ({"heads": 0}, "at least 1"),
    ],
)
def test_refuses_bad_options(options, says):
    with pytest.raises(ValueError, match=says):
        GraphAttention(**{"in_channels": 7, "out_channels": 15, "heads": 3, **options})


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"x": torch.randn(13, 5)}, "in_channels"),
        ({"edge_attr": torch.randn(61, 2)}, "needs a layer made with edge_dim"),
        ({"edge_index": None, "edge_mask": torch.ones(61) > 0}, "belong to edges"),
        ({"batch": torch.zeros(13).long()}, "pass either them or an edge_index"),
        ({"edge_mask": torch.ones(60) > 0}, "edge_mask must have one row per edge"),
        ({"edge_index": torch.tensor([[0], [13]])}, "every target must be a node"),
        ({"edge_index": torch.tensor([[0, 3, -1], [1, 2, 0]])}, r"\[0, 2\] = -1"),
        ({"edge_index": torch.rand(2, 61)}, "convert it with .long()"),
        ({"edge_index": torch.zeros(61, 2).long()}, "sources, then targets"),
    ],
)
def test_refuses_inputs_that_do_not_fit(arguments, says):
    model = GraphAttention(7, 6, 2)
    given_inputs = {
        "x": torch.randn(13, 7),
        "edge_index": GRAPHS["unsorted"].edge_index,
    }
    given_inputs.update(arguments)
    with pytest.raises(ValueError, match=says):
        model(**given_inputs)


@pytest.mark.parametrize(
    ("edge_attr", "says"),
    [
        (torch.randn(61, 2), r"shape \[num_edges, edge_dim\]"),
        (torch.randn(60, 3), "edge_attr must have one row per edge"),
        (torch.randn(61, 3).double(), "edge_attr must have the type float32"),
    ],
)
def test_refuses_edge_features_that_do_not_fit(edge_attr, says):
    model, edges = GraphAttention(7, 6, 2, edge_dim=3), GRAPHS["unsorted"].edge_index
    with pytest.raises(ValueError, match=says):
        model(torch.randn(13, 7), edges, edge_attr)

"""Attention whose weights the graph gives."""

import copy
import pickle

import pytest
import torch
from graphs import GRAPHS
from torch.testing import assert_close
from torch_geometric.nn import GCNConv

from graphattn import GraphAttention, patterns
from graphattn.nn import GivenAttention

SCORES = ("dot", "additive", "gatv2", "gat")


def nodes(*shape):
    return torch.randn(*shape, dtype=torch.float64)


def test_symmetric_weights_make_a_graph_convolution():
    edges = patterns.with_self_loops(GRAPHS["unsorted"].edge_index, 13).edge_index
    edges = edges.unique(dim=1)
    given = torch.rand(edges.shape[1]).double()
    ours = GivenAttention(7, 5, normalization="symmetric").double()
    theirs = GCNConv(7, 5, add_self_loops=False).double()
    theirs.lin.weight.data, theirs.bias.data = ours.value_proj.weight, ours.bias
    x = nodes(13, 7)
    for weight in (None, given):
        assert_close(ours(x, edges, weight), theirs(x, edges, weight))


def test_rows_are_means_and_none_takes_weights_as_they_are():
    x, edges = nodes(13, 7), GRAPHS["unsorted"].edge_index
    model = GivenAttention(7, 5).double()
    matrix = torch.zeros(13, 13).double()
    given = torch.rand(61).double()
    matrix = matrix.index_put((edges[1], edges[0]), given, accumulate=True)
    mean = matrix / matrix.sum(1, keepdim=True).clamp_min(1e-300)
    assert_close(model(x, edges, given), mean @ model.value_proj(x) + model.bias)
    model.normalization = None
    assert_close(model(x, edges, given), matrix @ model.value_proj(x) + model.bias)


def test_permutations_batches_sets_and_pairs():
    model, edges = GivenAttention(7, 5).double(), GRAPHS["unsorted"].edge_index
    x, order = nodes(2, 3, 13, 7), torch.randperm(13)
    out = model(x, edges)
    assert_close(out[1, 2], model(x[1, 2], edges))
    assert_close(model(x[0, 0, order], order.argsort()[edges]), out[0, 0, order])
    both = torch.cat([edges, edges + 13], 1)
    assert_close(model(x[0, :2].flatten(0, 1), both), out[0, :2].flatten(0, 1))
    graph = GRAPHS["bipartite"]
    assert model((nodes(5, 7), nodes(11, 2)), graph.edge_index).shape == (11, 5)


def test_copies_and_pickles():
    model, edges = GivenAttention(7, 5).double(), GRAPHS["unsorted"].edge_index
    x = nodes(13, 7)
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert torch.equal(other(x, edges), model(x, edges))


def test_refuses_an_unknown_normalization():
    with pytest.raises(ValueError, match="None or one of row, symmetric"):
        GivenAttention(7, 5, normalization="softmax")


@pytest.mark.parametrize("score", SCORES)
@pytest.mark.parametrize("normalization", ["relu", "relu_mean"])
def test_relu_in_the_place_of_softmax(score, normalization):
    model = GraphAttention(7, 6, 2, score=score, normalization=normalization).double()
    x, edges = nodes(13, 7).requires_grad_(), GRAPHS["unsorted"].edge_index
    full = model(x)
    every = model(x, patterns.full(13))
    leaves = [x, *model.parameters()]
    assert_close(every, full)
    assert_close(
        torch.autograd.grad(every.sin().sum(), leaves, materialize_grads=True),
        torch.autograd.grad(full.sin().sum(), leaves, materialize_grads=True),
    )
    assert_close(model(x, causal=True), model(x, patterns.causal(13)))
    batch = torch.tensor([0] * 5 + [1] * 8)
    alone = torch.cat([model(x[:5]), model(x[5:])])
    assert_close(model(x, batch=batch), alone)
    out, weights = model(x, edges, return_attention_weights=True)
    assert_close(out, model(x, edges))
    assert (weights >= 0).all()
    model.register_message_forward_hook(lambda module, inputs, output: None)
    assert_close(model(x, edges), out)


def test_relu_goes_on_where_it_stopped():
    model = GraphAttention(7, 6, 2, normalization="relu_mean").double()
    x = nodes(2, 11, 7)
    first, kept = model.go_on(x[:, :4])
    second, _ = model.go_on(x[:, 4:], kept)
    assert_close(torch.cat([first, second], 1), model(x, causal=True))
    with pytest.raises(ValueError, match="dot product and softmax"):
        model.attend_to(x[0], kept, (torch.zeros(4).long(), torch.zeros(11).long()))


def test_relu_of_all_pairs_by_hand():
    model = GraphAttention(7, 6, 2, normalization="relu").double()
    x = nodes(2, 11, 7)
    query, key, value = (
        projection(x).unflatten(-1, (2, 3))
        for projection in (model.query_proj, model.key_proj, model.value_proj)
    )
    scores = torch.einsum("bihc,bjhc->bhij", query, key) * 3**-0.5
    rows = torch.einsum("bhij,bjhd->bihd", scores.relu(), value).flatten(-2)
    assert_close(model(x), model.out_proj(rows))


def test_refuses_what_softmax_alone_has():
    model = GraphAttention(7, 6, 2, normalization="relu", output_projection=False)
    with pytest.raises(ValueError, match="normalize by softmax"):
        model.to_pyg()
    with pytest.raises(ValueError, match="one of softmax, relu, relu_mean"):
        GraphAttention(7, 6, 2, normalization="max")

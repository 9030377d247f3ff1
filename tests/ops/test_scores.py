"""Every score against its reference: outputs, gradients, types, layouts, dropout."""

import pytest
import torch
from cases import SCORES, edge_tensors, gradients, node_tensors
from graphs import GRAPHS, random_graph
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from graphattn import Adjacency
from graphattn.functional.checks import seed_for
from graphattn.ops.dropout import keep_factor

TOLERANCE = {
    torch.float64: {"atol": 1e-11, "rtol": 1e-9},
    torch.float32: {"atol": 2e-5, "rtol": 1e-4},
    torch.bfloat16: {"atol": 6e-2, "rtol": 6e-2},
    torch.float16: {"atol": 8e-3, "rtol": 8e-3},
}

each_score = pytest.mark.parametrize("score", SCORES.values(), ids=SCORES)
each_graph = pytest.mark.parametrize("graph", GRAPHS.values(), ids=GRAPHS)


@each_score
@each_graph
def test_matches_reference_with_every_option(score, graph):
    nodes, edges = node_tensors(score, graph), edge_tensors(score, graph)
    got = score.attend(*nodes, graph.edge_index, **edges)
    want, _ = score.reference(*nodes, graph.edge_index, **edges)
    assert_close(got, want)
    leaves = [*nodes, *(t for t in edges.values() if t.requires_grad)]
    upstream = torch.randn_like(want)
    assert_close(gradients(got, leaves, upstream), gradients(want, leaves, upstream))


@each_score
@each_graph
def test_matches_reference_without_options(score, graph):
    nodes = node_tensors(score, graph, heads=1, width=3, value_width=1)
    got = score.attend(*nodes, graph.edge_index)
    want, _ = score.reference(*nodes, graph.edge_index)
    assert_close(got, want)
    upstream = torch.randn_like(want)
    assert_close(gradients(got, nodes, upstream), gradients(want, nodes, upstream))


@each_score
@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
def test_every_float_type_is_accumulated_without_loss(score, dtype):
    graph = GRAPHS["unsorted"]
    nodes = node_tensors(score, graph, dtype=dtype)
    edges = edge_tensors(score, graph, dtype=dtype)
    exact = [t.detach().double().requires_grad_() for t in nodes]
    exact_edges = {
        name: t.detach().double().requires_grad_() if t.requires_grad else t
        for name, t in edges.items()
    }
    got = score.attend(*nodes, graph.edge_index, **edges)
    want, _ = score.reference(*exact, graph.edge_index, **exact_edges)
    assert got.dtype == dtype
    assert_close(got.double(), want, **TOLERANCE[dtype])
    upstream = torch.randn_like(want).to(dtype)
    found = gradients(got, nodes, upstream)
    wanted = gradients(want, exact, upstream.double())
    for one, other in zip(found, wanted, strict=True):
        scale = max(1.0, float(other.abs().max()))
        assert_close(one.double() / scale, other / scale, **TOLERANCE[dtype])


@each_score
def test_gradcheck(score):
    graph = random_graph(11, 5, 3)
    nodes = node_tensors(score, graph, heads=2, width=3, value_width=2)
    edges = edge_tensors(score, graph, heads=2, width=3, value_width=2)
    mask = edges.pop("edge_mask")

    def attend(*tensors):
        options = dict(zip(edges, tensors[len(nodes) :], strict=True))
        return score.attend(
            *tensors[: len(nodes)], graph.edge_index, edge_mask=mask, **options
        )

    assert torch.autograd.gradcheck(attend, (*nodes, *edges.values()))


@each_score
def test_dropout_drops_what_the_generator_says(score, monkeypatch):
    graph, seed = GRAPHS["unsorted"], torch.tensor([7_777_777_777_777])
    monkeypatch.setattr("torch.randint", lambda *_, **__: seed)
    nodes, edges = node_tensors(score, graph), edge_tensors(score, graph)
    keep = keep_factor(seed, torch.arange(61), 3, 0.37, torch.float64)
    got = score.attend(*nodes, graph.edge_index, dropout=0.37, **edges)
    want, _ = score.reference(*nodes, graph.edge_index, keep=keep, **edges)
    assert_close(got, want)
    upstream = torch.randn_like(want)
    assert_close(gradients(got, nodes, upstream), gradients(want, nodes, upstream))


@each_score
def test_dropout_of_one_gives_zeros(score):
    graph = GRAPHS["unsorted"]
    nodes = node_tensors(score, graph)
    assert not score.attend(*nodes, graph.edge_index, dropout=1.0).any()


@each_score
def test_huge_logits_stay_finite(score):
    graph = GRAPHS["unsorted"]
    nodes = [t.detach().float() * 1e4 for t in node_tensors(score, graph)]
    nodes = [t.requires_grad_() for t in nodes]
    out = score.attend(*nodes, graph.edge_index)
    assert out.isfinite().all()
    assert all(g.isfinite().all() for g in gradients(out, nodes, torch.ones_like(out)))


def test_tanh_saturates_on_both_sides():
    query = torch.linspace(-120, 120, 4801).view(-1, 1, 1).requires_grad_()
    key, one = torch.zeros(2, 1, 1), torch.ones(1, 1)
    value = torch.tensor([0.0, 1.0]).view(2, 1, 1)
    edges = torch.cartesian_prod(torch.arange(2), torch.arange(4801)).T
    bias = torch.zeros(9602, 1)
    bias[4801:] = query.detach().tanh().view(-1, 1)
    key[1] = 1e3
    got = SCORES["tanh"].attend(query, key, value, one, edges, edge_bias=-bias)
    first, second = query.detach().tanh(), (query.detach() + 1e3).tanh()
    want = (second - query.detach().tanh() - first).sigmoid()
    assert_close(got, want)
    got.sum().backward()
    assert query.grad.isfinite().all()


@each_score
def test_a_node_that_attends_to_nothing_gets_zero_and_zero_gradient(score):
    graph = GRAPHS["unsorted"]
    nodes = node_tensors(score, graph)
    mask = graph.edge_index[1] != 5
    out = score.attend(*nodes, graph.edge_index, edge_mask=mask)
    assert not out[5].any()
    query_gradient = gradients(out, nodes, torch.ones_like(out))[0]
    assert not query_gradient[5].any()


@each_score
def test_strided_inputs_give_the_same(score):
    graph = GRAPHS["unsorted"]
    nodes = node_tensors(score, graph)
    strided = [
        torch.stack([t.detach(), t.detach()], dim=-1)[..., 0].requires_grad_()
        for t in nodes
    ]
    got = score.attend(*strided, graph.edge_index)
    want = score.attend(*nodes, graph.edge_index)
    assert_close(got, want)
    upstream = torch.randn_like(want)
    assert_close(gradients(got, strided, upstream), gradients(want, nodes, upstream))


@each_score
def test_only_wanted_gradients_are_given(score):
    graph = GRAPHS["unsorted"]
    nodes = node_tensors(score, graph)
    nodes[0].requires_grad_(False)
    out = score.attend(*nodes, graph.edge_index)
    out.sum().backward()
    assert nodes[0].grad is None
    assert nodes[2].grad is not None


@each_score
@settings(max_examples=25, deadline=None)
@given(order=st.permutations(range(13)), shuffled=st.permutations(range(61)))
def test_permuting_nodes_and_edges_permutes_the_output(score, order, shuffled):
    graph, order = GRAPHS["unsorted"], torch.tensor(order)
    nodes = [t.detach() for t in node_tensors(score, graph)]
    moved = [t[order] if len(t) == 13 else t for t in nodes]
    renamed = order.argsort()[graph.edge_index][:, torch.tensor(shuffled)]
    assert_close(
        score.attend(*moved, renamed), score.attend(*nodes, graph.edge_index)[order]
    )


@each_score
def test_saves_nothing_per_edge_head_and_channel(score):
    graph = random_graph(997, 13, 13)
    nodes = node_tensors(score, graph)
    saved = []

    def pack(tensor):
        saved.append(tensor.numel())
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        score.attend(*nodes, graph.edge_index)
    assert max(saved) <= 997


@each_score
def test_refuses_a_second_derivative(score):
    graph = GRAPHS["unsorted"]
    nodes = node_tensors(score, graph)
    out = score.attend(*nodes, graph.edge_index)
    (grad,) = torch.autograd.grad(out.square().sum(), nodes[0], create_graph=True)
    with pytest.raises(RuntimeError, match="no second derivative"):
        grad.sum().backward()


@each_score
def test_passes_opcheck(score, monkeypatch):
    graph = GRAPHS["unsorted"]
    adjacency = Adjacency.from_edge_index(graph.edge_index, 13)
    seed = seed_for(0.3, torch.device("cpu"))
    nodes, edges = node_tensors(score, graph), edge_tensors(score, graph)
    nodes = [t.detach().requires_grad_() for t in nodes]
    bias, mask, attr = (edges[f"edge_{n}"] for n in ("bias", "mask", "attr"))
    rest = (bias, mask, *adjacency.compressed)
    if score.is_gat:
        arguments = (*nodes, attr, edges["edge_score"], *rest, 0.2, 0.3, seed)
        op = torch.ops.graphattn.gat.default
    elif score.takes_weight:
        weight = edges["edge_key_weight"]
        arguments = (*nodes, attr, weight, *rest, "tanh", 0.2, 0.3, seed)
        op = torch.ops.graphattn.additive.default
    else:
        edge_query = torch.randn(13, 3, 2, dtype=torch.float64, requires_grad=True)
        arguments = (*nodes, edge_query, attr, *rest, 0.5, 0.3, seed)
        op = torch.ops.graphattn.dot.default
    torch.library.opcheck(op, arguments)

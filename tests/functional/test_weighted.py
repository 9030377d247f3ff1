"""Given weights: sums along edges, and normalized adjacency matrices."""

import pytest
import torch
from graphs import GRAPHS, leaf
from torch.testing import assert_close
from torch_geometric.nn.conv.gcn_conv import gcn_norm

from graphattn import Adjacency, attention_weights, graph_attention
from graphattn.functional import normalized_weights, weighted_sum
from graphattn.ops.segments import _CHUNK_ELEMENTS
from graphattn.ops.weighted import reference

each_graph = pytest.mark.parametrize("graph", GRAPHS.values(), ids=GRAPHS)


@each_graph
@pytest.mark.parametrize(("heads", "columns"), [(3, 3), (3, 1), (1, 1)])
def test_matches_the_reference(graph, heads, columns):
    edges, sources, targets = graph
    value, weight = leaf(sources, heads, 5), leaf(edges.shape[1], columns)
    got = weighted_sum(value, edges, weight, num_targets=targets)
    want = reference.weighted_sum(value, edges, weight, targets)
    assert_close(got, want)
    upstream, leaves = torch.randn_like(want), (value, weight)
    options = {"grad_outputs": upstream, "materialize_grads": True}
    if want.requires_grad:
        assert_close(
            torch.autograd.grad(got, leaves, **options),
            torch.autograd.grad(want, leaves, **options),
        )


@pytest.mark.parametrize("columns", [1, 2])
def test_gradients_have_gradients(columns):
    edges, sources, targets = GRAPHS["bipartite"]
    leaves = leaf(sources, 2, 3), leaf(edges.shape[1], columns)

    def attend(value, weight):
        return weighted_sum(value, edges, weight, num_targets=targets)

    assert torch.autograd.gradcheck(attend, leaves)
    assert torch.autograd.gradgradcheck(attend, leaves)


def test_passes_opcheck():
    edges, sources, targets = GRAPHS["bipartite"]
    view = Adjacency.from_edge_index(edges, (sources, targets)).compressed
    ops = torch.ops.graphattn
    value, target = leaf(sources, 2, 3), leaf(targets, 2, 3)
    for columns in (1, 2):
        weight = leaf(edges.shape[1], columns)
        torch.library.opcheck(ops.weighted.default, (value, weight, *view))
        shared = columns == 1
        torch.library.opcheck(ops.edge_product.default, (target, value, *view, shared))


def test_softmax_weights_that_are_given_equal_attention():
    edges = GRAPHS["unsorted"].edge_index
    query, key, value = leaf(13, 2, 3), leaf(13, 2, 3), leaf(13, 2, 5)
    attr, to_key, to_value = leaf(61, 4), leaf(4, 2, 3), leaf(4, 2, 5)
    weights = attention_weights(
        query, key, edges, edge_attr=attr, edge_key_weight=to_key
    )
    got = weighted_sum(
        value, edges, weights, edge_attr=attr, edge_value_weight=to_value
    )
    want = graph_attention(
        query,
        key,
        value,
        edges,
        edge_attr=attr,
        edge_key_weight=to_key,
        edge_value_weight=to_value,
    )
    assert_close(got, want)
    leaves = (query, key, value, attr, to_key, to_value)
    assert_close(
        torch.autograd.grad(got.sin().sum(), leaves),
        torch.autograd.grad(want.sin().sum(), leaves),
    )


def test_without_weights_every_edge_counts_once():
    value, edges = torch.ones(2, 1, 3), GRAPHS["duplicate_edges"].edge_index
    assert weighted_sum(value, edges)[:, 0, 0].tolist() == [1, 3]


@pytest.mark.parametrize("normalization", ["relu", "relu_mean"])
def test_relu_by_hand(normalization):
    edges = torch.tensor([[0, 1, 2, 0], [1, 1, 1, 0]])
    query, key = leaf(3, 1, 1), leaf(3, 1, 1)
    mask = torch.tensor([True, True, False, True])
    options = {"edge_mask": mask, "normalization": normalization, "scale": 1.0}
    got = attention_weights(query, key, edges, **options)[:, 0]
    scores = (query[edges[1]] * key[edges[0]])[:, 0, 0]
    want = scores.relu() * mask
    if normalization == "relu_mean":
        want = want / torch.tensor([2, 2, 2, 1])
    assert_close(got, want)


def test_weights_in_chunks_are_the_same(monkeypatch):
    edges, query, key = GRAPHS["unsorted"].edge_index, leaf(13, 2, 3), leaf(13, 2, 3)
    attr, to_key = leaf(61, 4), leaf(4, 2, 3)
    found = []
    for elements in (_CHUNK_ELEMENTS, 43):
        monkeypatch.setattr("graphattn.ops.segments._CHUNK_ELEMENTS", elements)
        got = attention_weights(
            query, key, edges, edge_attr=attr, edge_key_weight=to_key
        )
        grads = torch.autograd.grad(got.sin().sum(), (query, key, attr, to_key))
        found.append((got, *grads))
    assert_close(*found)


@pytest.mark.parametrize("weighted", [False, True])
def test_symmetric_weights_are_those_of_pyg(weighted):
    for name in ("unsorted", "isolated_node", "hub", "self_loop"):
        edges, nodes, _ = GRAPHS[name]
        given = torch.rand(edges.shape[1]) if weighted else None
        _, want = gcn_norm(edges, given, nodes, add_self_loops=False)
        assert_close(normalized_weights(edges, nodes, given), want)


def test_row_weights_sum_to_one_and_learn():
    edges, sources, targets = GRAPHS["bipartite"]
    given = torch.rand(23, dtype=torch.float64).requires_grad_()

    def weights(given):
        return normalized_weights(edges, (sources, targets), given, normalization="row")

    totals = torch.zeros(targets).double().index_add(0, edges[1], weights(given))
    attending = edges[1].unique()
    assert_close(totals[attending], torch.ones(len(attending)).double())
    assert torch.autograd.gradcheck(weights, given)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (
            lambda value, edges: weighted_sum(value, edges, torch.ones(60)),
            "one row per edge",
        ),
        (
            lambda value, edges: weighted_sum(value, edges, torch.ones(61, 5)),
            "one column per head",
        ),
        (
            lambda value, edges: weighted_sum(value, edges, torch.ones(61).double()),
            "share one floating type",
        ),
        (
            lambda value, edges: normalized_weights(edges, 13, normalization="l2"),
            "one of row, symmetric",
        ),
        (
            lambda value, edges: normalized_weights(edges, (13, 14)),
            "take 'row'",
        ),
    ],
)
def test_refuses(call, says):
    with pytest.raises(ValueError, match=says):
        call(torch.ones(13, 2, 5), GRAPHS["unsorted"].edge_index)

import sys

import networkx
import pytest
import torch
from graphs import GRAPHS
from hypothesis import given, settings
from hypothesis import strategies as st
from structure.cases import SQUARE, alone, batches, torus, weights
from torch.testing import assert_close

from graphattn import Adjacency, patterns
from graphattn.structure import alone as alone_
from graphattn.structure import laplacian_eigenvectors, spectra

NORMALIZATIONS = ["sym", "rw", None]


def dense_laplacian(edges, num_nodes, normalization, edge_weight=None):
    matrix = weights(edges, num_nodes, edge_weight)
    matrix = (matrix + matrix.T) / 2
    matrix.fill_diagonal_(0)
    degree = matrix.sum(1)
    laplacian = torch.diag(degree) - matrix
    scale = degree.where(degree > 0, 1.0)
    if normalization == "rw":
        return laplacian / scale[:, None]
    if normalization == "sym":
        return laplacian / scale.sqrt()[:, None] / scale.sqrt()
    return laplacian


def check(edges, num_nodes, k, normalization, edge_weight=None):
    values, vectors = laplacian_eigenvectors(
        edges,
        num_nodes,
        k,
        edge_weight=edge_weight,
        normalization=normalization,
        keep_zeros=True,
    )
    assert vectors.shape == (num_nodes, k)
    assert values.shape == (1 if num_nodes else 0, k)
    if num_nodes == 0:
        return
    laplacian = dense_laplacian(edges, num_nodes, normalization, edge_weight)
    want = torch.linalg.eigvals(laplacian).real.sort().values[:k]
    count = len(want)
    assert_close(values[0, :count].double(), want, rtol=1e-5, atol=1e-5)
    assert (values[0, count:] == -1).all()
    assert not vectors[:, count:].any()
    vectors = vectors[:, :count].double()
    assert_close(vectors.norm(dim=0), torch.ones(count).double(), rtol=1e-5, atol=1e-5)
    assert_close(laplacian @ vectors, vectors * values[:, :count], rtol=1e-4, atol=2e-5)
    assert torch.linalg.matrix_rank(vectors, atol=1e-3) == count


@pytest.mark.parametrize("normalization", NORMALIZATIONS)
@pytest.mark.parametrize("small", [0, 64])
@pytest.mark.parametrize("name", SQUARE)
def test_are_eigenvectors_of_the_laplacian(name, small, normalization, monkeypatch):
    monkeypatch.setattr(alone_, "SMALL", small)
    edges, num_nodes, _ = GRAPHS[name]
    for k in (1, 3, num_nodes + 2):
        check(edges, num_nodes, k, normalization)


@settings(max_examples=30, deadline=None)
@given(batches(), st.integers(1, 11), st.sampled_from(NORMALIZATIONS))
def test_are_eigenvectors_of_weighted_graphs_too(graphs, k, normalization):
    edges, batch = graphs
    check(edges, len(batch), k, normalization, torch.rand(edges.shape[1]) + 0.1)


@pytest.mark.parametrize("normalization", NORMALIZATIONS)
def test_of_large_components_are_eigenvectors_too(normalization, monkeypatch):
    monkeypatch.setattr(spectra, "_DENSE", 13)
    path = torch.stack([torch.arange(70), torch.arange(1, 71)])
    ladder = torch.tensor([[80, 81, 82], [81, 82, 80]])
    check(torch.cat([torus(7), path, ladder], dim=1), 90, 23, normalization)


@pytest.mark.parametrize("length", [11, 13, 17, 20])
def test_repeated_eigenvalues_of_large_graphs_are_all_found(length, monkeypatch):
    monkeypatch.setattr(spectra, "_DENSE", 13)
    monkeypatch.setattr(alone_, "SMALL", 0)
    values, vectors = laplacian_eigenvectors(torus(length), length**2, 20)
    laplacian = dense_laplacian(torus(length), length**2, "sym")
    want = torch.linalg.eigvalsh(laplacian)[1:21]
    assert_close(values[0].double(), want, rtol=1e-5, atol=1e-5)
    assert_close(vectors.T @ vectors, torch.eye(20), rtol=1e-4, atol=1e-4)


@settings(max_examples=30, deadline=None)
@given(batches())
def test_zero_is_an_eigenvalue_as_often_as_there_are_components(graphs):
    edges, batch = graphs
    values, vectors = laplacian_eigenvectors(
        edges, len(batch), 10, batch=batch, keep_zeros=True
    )
    without, _ = laplacian_eigenvectors(edges, len(batch), 10, batch=batch)
    for graph, (nodes, own, _) in enumerate(alone(edges, batch)):
        whole = networkx.Graph(own.T.tolist())
        whole.add_nodes_from(range(len(nodes)))
        components = list(networkx.connected_components(whole))
        assert (values[graph] == 0).sum() == len(components)
        assert (without[graph] != 0).all()
        for component in components:
            zero = vectors[nodes[list(component)]][:, values[graph] == 0]
            assert (zero.norm(dim=0) > 0.9).sum() == 1


@settings(max_examples=30, deadline=None)
@given(batches(), st.integers(1, 7), st.booleans())
def test_of_a_batch_are_those_of_its_graphs(graphs, k, whole):
    edges, batch = graphs
    together = laplacian_eigenvectors(
        edges, len(batch), k, batch=batch, whole_eigenspaces=whole
    )
    for graph, (nodes, own, _) in enumerate(alone(edges, batch)):
        one = laplacian_eigenvectors(own, len(nodes), k, whole_eigenspaces=whole)
        assert_close(together.eigenvalues[graph], one.eigenvalues[0])
        for value in one.eigenvalues[0].unique():
            same = (one.eigenvalues[0] - value).abs() < 1e-5
            if same[-1] and not whole:
                continue  # the space may be cut, and any part of it is right
            assert_close(
                together.eigenvectors[nodes][:, same]
                @ together.eigenvectors[nodes][:, same].T,
                one.eigenvectors[:, same] @ one.eigenvectors[:, same].T,
                rtol=1e-4,
                atol=1e-5,
            )


@settings(max_examples=30, deadline=None)
@given(batches(most_nodes=11))
def test_spaces_follow_a_permutation_of_the_nodes(graphs):
    edges, batch = graphs
    num_nodes = len(batch)
    order = torch.randperm(num_nodes)
    values, vectors = laplacian_eigenvectors(
        edges, num_nodes, 5, whole_eigenspaces=True
    )
    other, moved = laplacian_eigenvectors(
        order[edges], num_nodes, 5, whole_eigenspaces=True
    )
    assert_close(values, other, rtol=1e-5, atol=1e-5)
    weight = torch.exp(-3 * values[0])
    want = vectors * weight @ vectors.T
    got = moved * weight @ moved.T
    assert_close(got[order][:, order], want, rtol=1e-4, atol=1e-5)


def test_a_sign_does_not_depend_on_the_order_of_the_nodes():
    edges = torch.tensor([[0, 1, 1, 3, 4, 0], [1, 2, 3, 4, 5, 3]])
    weight = torch.tensor([1.0, 2.0, 3.0, 5.0, 7.0, 11.0])
    _, vectors = laplacian_eigenvectors(edges, 6, 5, edge_weight=weight)
    for _ in range(5):
        order = torch.randperm(6)
        _, moved = laplacian_eigenvectors(order[edges], 6, 5, edge_weight=weight)
        assert_close(moved[order], vectors, rtol=1e-4, atol=1e-5)


def test_an_eigenspace_that_k_cuts_is_left_out_on_demand():
    edges = patterns.full(5).edge_index  # one eigenvalue, four times
    cut = laplacian_eigenvectors(edges, 5, 3, whole_eigenspaces=True)
    assert (cut.eigenvalues == -1).all()
    assert not cut.eigenvectors.any()
    whole = laplacian_eigenvectors(edges, 5, 4, whole_eigenspaces=True)
    assert_close(whole.eigenvalues, torch.full((1, 4), 1.25))


def test_an_adjacency_and_graphs_without_nodes_are_welcome():
    edges = torch.tensor([[0, 1], [1, 0]])
    batch = torch.tensor([1, 1, 3])
    got = laplacian_eigenvectors(Adjacency.from_edge_index(edges, 3), 3, 1, batch=batch)
    assert got.eigenvalues.flatten().tolist() == [-1, 2, -1, -1]
    assert got.eigenvectors.dtype == torch.float32


def test_a_missing_scipy_is_named_with_the_extra_that_brings_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy.sparse", None)
    with pytest.raises(ImportError, match=r"graphattn\[app\]"):
        laplacian_eigenvectors(torch.zeros(2, 0).long(), 3, 2)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda edges: laplacian_eigenvectors(edges, 3, 0), "k must be positive"),
        (
            lambda edges: laplacian_eigenvectors(edges, 3, 2, normalization="row"),
            "normalization must be one of",
        ),
        (
            lambda edges: laplacian_eigenvectors(
                edges, 3, 2, edge_weight=torch.tensor([float("nan")])
            ),
            "finite",
        ),
        (
            lambda edges: laplacian_eigenvectors(
                edges, 3, 2, batch=torch.tensor([1, 1, 0])
            ),
            "must not decrease",
        ),
        (
            lambda edges: laplacian_eigenvectors(
                Adjacency.from_edge_index(edges, (3, 2)), 3, 2
            ),
            "bipartite",
        ),
    ],
)
def test_refuse_what_makes_no_sense(call, says):
    with pytest.raises(ValueError, match=says):
        call(torch.tensor([[0], [1]]))

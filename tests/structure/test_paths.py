import networkx
import pytest
import torch
from graphs import GRAPHS, random_graph
from hypothesis import given, settings
from hypothesis import strategies as st
from structure.cases import SQUARE, batches
from torch.testing import assert_close

from graphattn import Adjacency, patterns
from graphattn.ops.paths import portable
from graphattn.structure import path_means, paths, shortest_distances, shortest_paths


@pytest.fixture(params=["as it is", "portable"])
def implementation(request, monkeypatch):
    if request.param == "portable":
        monkeypatch.setattr(paths, "find_paths", portable.find_paths)


def lengths(edges, num_nodes, cutoff=None):
    graph = networkx.DiGraph(edges.T.tolist())
    graph.add_nodes_from(range(num_nodes))
    want = torch.full((num_nodes, num_nodes), -1)
    for source, found in networkx.all_pairs_shortest_path_length(graph, cutoff=cutoff):
        want[source, list(found)] = torch.tensor(list(found.values()))
    return want


def all_pairs(num_nodes):
    pairs = patterns.full(num_nodes).edge_index
    return pairs[:, torch.randperm(pairs.shape[1])]


def lowest_path(edges, distance, source, target):
    """Returns the edges from the source on, the lowest number first from the back."""
    found, node = [], target
    for level in range(int(distance[source, target]) - 1, -1, -1):
        before = distance[source, edges[0]] == level
        edge = int((before & (edges[1] == node)).nonzero()[0])
        found.insert(0, edge)
        node = int(edges[0, edge])
    return found


@pytest.mark.usefixtures("implementation")
@pytest.mark.parametrize("most", [None, 0, 1, 2, 3])
@pytest.mark.parametrize("name", SQUARE)
def test_distances_are_those_of_networkx(name, most):
    edges, num_nodes, _ = GRAPHS[name]
    pairs = all_pairs(num_nodes)
    got = shortest_distances(edges, num_nodes, pairs, max_distance=most)
    assert torch.equal(got, lengths(edges, num_nodes, most)[pairs[0], pairs[1]])


@pytest.mark.usefixtures("implementation")
@pytest.mark.parametrize("most", [0, 2, 5])
@pytest.mark.parametrize("name", SQUARE)
def test_paths_go_back_along_the_edges_of_the_lowest_number(name, most):
    edges, num_nodes, _ = GRAPHS[name]
    pairs = all_pairs(num_nodes)[:, :500]
    got = shortest_paths(edges, num_nodes, pairs, most)
    distance = lengths(edges, num_nodes, most)
    for row, (source, target) in zip(got.tolist(), pairs.T.tolist(), strict=True):
        want = lowest_path(edges, distance, source, target)
        assert row == want + [-1] * (most - len(want))


@settings(max_examples=30, deadline=None)
@given(batches(), st.integers(0, 5), st.booleans())
def test_both_implementations_agree(graphs, most, with_paths):
    edges, batch = graphs
    view = Adjacency.from_edge_index(edges, len(batch))
    asked = patterns.full(len(batch), batch=batch)
    source = torch.arange(len(batch)).repeat_interleave(asked.colptr.diff().long())
    chosen = torch.rand(len(source)) < 0.7
    given_ = (view.colptr, view.row, view.csc_perm, source[chosen], asked.row[chosen])
    width = most if with_paths else None
    got = paths.find_paths(*given_, most, width)
    want = portable.find_paths(*given_, most, width)
    assert torch.equal(got[0], want[0])
    assert with_paths == (got[1] is not None) == (want[1] is not None)
    if got[1] is not None and want[1] is not None:
        assert torch.equal(got[1], want[1])


def test_hops_are_pairs_at_most_so_far_apart():
    edges, num_nodes, _ = random_graph(151, 41, 41)
    hops = patterns.k_hop(edges, num_nodes, 3)
    distance = shortest_distances(edges, num_nodes, hops)
    assert set(distance.tolist()) == {0, 1, 2, 3}
    fourth = patterns.k_hop(edges, num_nodes, 4, exact=True)
    assert (shortest_distances(edges, num_nodes, fourth) == 4).all()


def test_threads_change_nothing():
    edges, num_nodes, _ = random_graph(997, 401, 401)
    pairs = all_pairs(num_nodes)
    one = shortest_paths(edges, num_nodes, pairs, 4)
    torch.set_num_threads(3)
    try:
        assert torch.equal(shortest_paths(edges, num_nodes, pairs, 4), one)
    finally:
        torch.set_num_threads(1)


@pytest.mark.parametrize("name", SQUARE)
def test_means_are_taken_along_the_path(name):
    edges, num_nodes, _ = GRAPHS[name]
    pairs = all_pairs(num_nodes)[:, :200]
    edge_attr = torch.randn(edges.shape[1], 3, dtype=torch.float64).requires_grad_()
    got = path_means(edges, num_nodes, pairs, edge_attr, 3)
    found = shortest_paths(edges, num_nodes, pairs, 3)
    for row, path in zip(got, found, strict=True):
        own = edge_attr[path[path >= 0]]
        assert_close(row, own.mean(0) if len(own) else torch.zeros(3).double())
    if edges.shape[1]:
        got.sum().backward()
        assert edge_attr.grad is not None


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (
            lambda edges: shortest_distances(edges, 3, edges, max_distance=-1),
            "max_distance must not be negative",
        ),
        (lambda edges: shortest_paths(edges, 3, edges + 2, 2), "must be a node"),
        (
            lambda edges: shortest_paths(
                edges, 3, Adjacency.from_edge_index(edges, (3, 2)), 2
            ),
            "bipartite",
        ),
        (
            lambda edges: shortest_distances(
                Adjacency.from_edge_index(edges, (3, 2)), 3, edges
            ),
            "bipartite",
        ),
        (
            lambda edges: path_means(edges, 3, edges, torch.ones(2, 1), 2),
            "one row per edge",
        ),
    ],
)
def test_refuse_what_makes_no_sense(call, says):
    with pytest.raises(ValueError, match=says):
        call(torch.tensor([[0], [1]]))

import networkx
import pytest
import torch
from dense import batch_of, matrix
from graphs import GRAPHS

from graphattn import Adjacency, patterns


@pytest.mark.parametrize("k", [0, 1, 2, 3])
@pytest.mark.parametrize("name", ["unsorted", "hub", "isolated_node", "no_edges"])
def test_k_hop_reaches_what_shortest_paths_reach(name, k):
    edges, num_nodes, _ = GRAPHS[name]
    graph = networkx.DiGraph()
    graph.add_nodes_from(range(num_nodes))
    graph.add_edges_from(edges.T.tolist())
    want = torch.zeros(num_nodes, num_nodes).long()
    exact = want.clone()
    for source, lengths in networkx.all_pairs_shortest_path_length(graph, cutoff=k):
        want[list(lengths), source] = 1
        exact[[node for node in lengths if lengths[node] == k], source] = 1
    assert torch.equal(matrix(patterns.k_hop(edges, num_nodes, k)), want)
    assert torch.equal(matrix(patterns.k_hop(edges, num_nodes, k, exact=True)), exact)


def test_self_loops_are_added_once_and_last():
    edges = torch.tensor([[0, 1, 1], [1, 1, 0]])
    got = patterns.with_self_loops(edges, 3).edge_index
    assert got.tolist() == [[0, 1, 1, 0, 2], [1, 1, 0, 0, 2]]


def test_each_set_gets_a_virtual_node():
    edges = torch.tensor([[0, 3], [1, 4]])
    got = patterns.virtual_node(edges, 5, batch=batch_of([3, 2]))
    assert got.edge_index.tolist() == [
        [0, 3, 0, 1, 2, 3, 4, 5, 5, 5, 6, 6],
        [1, 4, 5, 5, 5, 6, 6, 0, 1, 2, 3, 4],
    ]
    assert patterns.virtual_node(edges, 5).num_targets == 6
    assert patterns.virtual_node(edges[:, :0], 0).num_targets == 0


def test_pairs_are_numbered_beyond_32_bits():
    edges = torch.tensor([[69_998, 69_999], [69_999, 3]])
    got = patterns.k_hop(edges, 70_001, 2).edge_index
    assert got.shape[1] == 70_001 + 3
    assert ((got[0] == 69_998) & (got[1] == 3)).sum() == 1


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: patterns.k_hop(torch.zeros(2, 0).long(), 3, -1), "not be negative"),
        (lambda: patterns.k_hop(torch.tensor([[3], [0]]), 3, 1), "must be a node"),
        (
            lambda: patterns.k_hop(
                Adjacency.from_edge_index(torch.tensor([[1], [0]]), (3, 2)), 3, 2
            ),
            "bipartite",
        ),
    ],
)
def test_refuse_what_makes_no_sense(call, says):
    with pytest.raises(ValueError, match=says):
        call()

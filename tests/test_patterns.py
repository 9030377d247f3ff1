import networkx
import pytest
import torch
from graphs import GRAPHS
from hypothesis import given, settings
from hypothesis import strategies as st

from graphattn import patterns

SETS = st.lists(st.integers(1, 9), min_size=1, max_size=5)


def matrix(adjacency):
    """Returns [target, source] = number of edges."""
    dense = torch.zeros(adjacency.num_targets, adjacency.num_sources).long()
    source, target = adjacency.edge_index
    return dense.index_put((target, source), torch.tensor(1), accumulate=True)


def expected(sizes, may_attend):
    batch = torch.arange(len(sizes)).repeat_interleave(torch.tensor(sizes))
    place = torch.cat([torch.arange(size) for size in sizes])
    same = batch[:, None] == batch[None, :]
    return batch, (same & may_attend(place[:, None], place[None, :])).long()


@settings(max_examples=30, deadline=None)
@given(sizes=SETS, size=st.integers(0, 5))
def test_equal_their_dense_predicates(sizes, size):
    total = sum(sizes)
    cases = [
        (patterns.full, {}, lambda i, j: i == i),
        (patterns.causal, {}, lambda i, j: j <= i),
        (patterns.window, {"size": size}, lambda i, j: (i - j).abs() <= size),
        (
            patterns.window,
            {"size": size, "causal": True},
            lambda i, j: (j <= i) & (i - j <= size),
        ),
    ]
    for pattern, options, may_attend in cases:
        batch, want = expected(sizes, may_attend)
        assert torch.equal(matrix(pattern(total, batch=batch, **options)), want)


def test_without_batch_there_is_one_set():
    assert torch.equal(matrix(patterns.full(5)), torch.ones(5, 5).long())
    assert patterns.window(7, 1).num_edges == 19
    assert patterns.causal(0).num_edges == 0


@pytest.mark.parametrize("k", [0, 1, 2, 3])
@pytest.mark.parametrize("name", ["unsorted", "hub", "isolated_node", "no_edges"])
def test_k_hop_reaches_what_shortest_paths_reach(name, k):
    edges, num_nodes, _ = GRAPHS[name]
    graph = networkx.DiGraph()
    graph.add_nodes_from(range(num_nodes))
    graph.add_edges_from(edges.T.tolist())
    want = torch.zeros(num_nodes, num_nodes).long()
    for source, lengths in networkx.all_pairs_shortest_path_length(graph, cutoff=k):
        want[list(lengths), source] = 1
    assert torch.equal(matrix(patterns.k_hop(edges, num_nodes, k)), want)


def test_self_loops_are_added_once_and_last():
    edges = torch.tensor([[0, 1, 1], [1, 1, 0]])
    got = patterns.with_self_loops(edges, 3).edge_index
    assert got.tolist() == [[0, 1, 1, 0, 2], [1, 1, 0, 0, 2]]


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: patterns.window(5, -1), "must not be negative"),
        (lambda: patterns.k_hop(torch.zeros(2, 0).long(), 3, -1), "not be negative"),
        (lambda: patterns.full(3, batch=torch.tensor([0, 1, 0])), "must not decrease"),
        (lambda: patterns.full(3, batch=torch.tensor([0, 1])), "one set number"),
        (lambda: patterns.k_hop(torch.tensor([[3], [0]]), 3, 1), "must be a node"),
    ],
)
def test_refuse_what_makes_no_sense(call, says):
    with pytest.raises(ValueError, match=says):
        call()


def test_pairs_are_numbered_beyond_32_bits():
    edges = torch.tensor([[69_998, 69_999], [69_999, 3]])
    got = patterns.k_hop(edges, 70_001, 2).edge_index
    assert got.shape[1] == 70_001 + 3
    assert ((got[0] == 69_998) & (got[1] == 3)).sum() == 1

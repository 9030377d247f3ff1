"""The compiled counting sort against torch's stable sort."""

import pytest
import torch
from graphs import GRAPHS, random_graph

from graphattn.ops.compress import native, portable

# More edges than one bucket takes, and more rows than one bucket covers.
LARGE = {
    "many_rows": random_graph(200003, 70001, 90001),
    "few_rows": random_graph(200003, 3, 2),
    "one_row": random_graph(200003, 1, 1),
}
EVERY = {**GRAPHS, **LARGE}


@pytest.mark.parametrize("dtype", [torch.int64, torch.int32], ids=str)
@pytest.mark.parametrize("graph", EVERY.values(), ids=EVERY)
def test_matches_a_stable_sort(graph, dtype):
    edges = graph.edge_index.to(dtype)
    got = native.compress(edges, graph.num_sources, graph.num_targets)
    want = portable.compress(edges, graph.num_sources, graph.num_targets)
    for one, other in zip(got, want, strict=True):
        assert one.dtype == torch.int32
        assert torch.equal(one, other)


def test_a_transposed_list_of_edges_is_read_by_its_strides():
    edges = random_graph(61, 13, 11).edge_index
    apart = edges.T.contiguous().T
    got = native.compress(apart, 13, 11)
    assert all(map(torch.equal, got, native.compress(edges, 13, 11)))


@pytest.mark.parametrize("num_edges", [61, 200003])
@pytest.mark.parametrize("bad", [-1, 13, 2**40])
@pytest.mark.parametrize("end", [0, 1])
def test_an_edge_to_no_node_is_named(num_edges, bad, end):
    edges = random_graph(num_edges, 13, 13).edge_index
    edges[end, 37] = edges[end, 53] = bad
    with pytest.raises(ValueError, match=rf"edge_index\[{end}, 37\] = {bad}\n"):
        native.compress(edges, 13, 13)

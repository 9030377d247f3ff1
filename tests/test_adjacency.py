import gc
import warnings

import pytest
import torch
from graphs import GRAPHS
from torch.testing import assert_close
from torch_geometric import EdgeIndex

from graphattn import Adjacency, graph_attention
from graphattn.adjacency import _CACHE, as_adjacency


@pytest.mark.parametrize("graph", GRAPHS.values(), ids=GRAPHS)
def test_gives_the_edges_back_in_their_order(graph):
    size = (graph.num_sources, graph.num_targets)
    adjacency = Adjacency.from_edge_index(graph.edge_index, size)
    assert torch.equal(adjacency.edge_index, graph.edge_index)
    assert adjacency.num_edges == graph.edge_index.shape[1]
    counts = graph.edge_index[1].bincount(minlength=graph.num_targets)
    assert torch.equal(adjacency.degree.long(), counts)


def test_edges_of_a_row_stay_in_input_order():
    edges = torch.tensor([[2, 0, 1, 0], [1, 0, 1, 1]])
    adjacency = Adjacency.from_edge_index(edges, 3)
    assert adjacency.rowptr.tolist() == [0, 1, 4, 4]
    assert adjacency.col.tolist() == [0, 2, 1, 0]
    assert adjacency.perm.tolist() == [1, 0, 2, 3]
    assert adjacency.colptr.tolist() == [0, 2, 3, 4]
    assert adjacency.row.tolist() == [0, 1, 1, 1]
    assert adjacency.csc_perm.tolist() == [1, 3, 2, 0]


def test_int32_edges_give_the_same():
    edges = GRAPHS["unsorted"].edge_index
    narrow = Adjacency.from_edge_index(edges.int(), 13)
    for one, other in zip(
        narrow.compressed,
        Adjacency.from_edge_index(edges, 13).compressed,
        strict=True,
    ):
        assert torch.equal(one, other)


def test_every_form_of_the_same_graph_gives_the_same_output():
    dense = torch.rand(7, 5) > 0.5
    edges = dense.T.nonzero().T.flip(0).flip(0).contiguous()
    query, key, value = (torch.randn(n, 2, 3) for n in (7, 5, 5))
    want = graph_attention(query, key, value, edges)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch.sparse CSR is in beta
        matrix = dense.float()
        forms = [
            matrix.to_sparse_coo(),
            matrix.to_sparse_csr(),
            matrix.to_sparse_csc(),
            EdgeIndex(edges, sparse_size=(5, 7)),
            edges.int(),
            Adjacency.from_edge_index(edges, (5, 7)),
        ]
    for form in forms:
        assert_close(graph_attention(query, key, value, form), want)


def test_a_tensor_is_compressed_once():
    edges = torch.tensor([[0, 1], [1, 0]])
    assert as_adjacency(edges, 2, 2, "test") is as_adjacency(edges, 2, 2, "test")


def test_an_in_place_change_compresses_anew():
    edges = torch.tensor([[0, 1], [1, 0]])
    before = as_adjacency(edges, 2, 2, "test")
    edges[0, 0] = 1
    after = as_adjacency(edges, 2, 2, "test")
    assert after is not before
    assert torch.equal(after.edge_index, edges)


def test_the_cache_forgets_dead_tensors_and_stays_small():
    edges = torch.tensor([[0, 1], [1, 0]])
    as_adjacency(edges, 2, 2, "test")
    key = (id(edges), 2, 2)
    assert key in _CACHE.entries
    del edges
    gc.collect()
    assert key not in _CACHE.entries
    alive = [torch.tensor([[0], [0]]) for _ in range(2 * _CACHE.capacity)]
    for tensor in alive:
        as_adjacency(tensor, 1, 1, "test")
    assert len(_CACHE.entries) <= _CACHE.capacity


def test_inference_tensors_work():
    with torch.inference_mode():
        edges = torch.tensor([[0, 1], [1, 0]])
        assert as_adjacency(edges, 2, 2, "test").num_edges == 2


@pytest.mark.parametrize(
    ("edges", "says"),
    [
        (torch.tensor([[0, 3], [1, 1]]), r"edge_index\[0, 1\] = 3"),
        (torch.tensor([[0, 1], [1, -1]]), r"edge_index\[1, 1\] = -1"),
        (torch.rand(2, 3), r"int64 or int32"),
        (torch.zeros(3, 2, dtype=torch.int64), r"shape \[2, num_edges\]"),
        (torch.eye(2).to_sparse(), "one row per target"),
    ],
)
def test_refuses_what_is_no_graph_and_names_the_place(edges, says):
    with pytest.raises(ValueError, match=says):
        Adjacency.from_edge_index(edges, 3)


def test_refuses_more_edges_or_nodes_than_int32_counts():
    many = torch.zeros(2, 1, dtype=torch.int32).expand(2, 2**31)
    with pytest.raises(ValueError, match="at most 2\\^31 - 1 edges and nodes"):
        Adjacency.from_edge_index(many, 1)
    with pytest.raises(ValueError, match="at most 2\\^31 - 1 edges and nodes"):
        Adjacency.from_edge_index(many[:, :0], 2**31)


def test_refuses_an_adjacency_of_another_size():
    adjacency = Adjacency.from_edge_index(torch.tensor([[0], [1]]), 2)
    query = torch.randn(3, 1, 5)
    with pytest.raises(ValueError, match="one row per target"):
        graph_attention(query, query, query, adjacency)

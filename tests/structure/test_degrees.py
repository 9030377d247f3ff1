import pytest
import torch
from graphs import GRAPHS
from structure.cases import SQUARE, weights

from graphattn import Adjacency
from graphattn.structure import in_out_degrees


@pytest.mark.parametrize("name", SQUARE)
def test_count_the_edges_to_a_node_and_from_it(name):
    edges, num_nodes, _ = GRAPHS[name]
    dense = weights(edges, num_nodes).long()
    got = in_out_degrees(edges, num_nodes)
    assert torch.equal(got, torch.stack([dense.sum(0), dense.sum(1)], dim=1))


def test_refuse_a_graph_between_two_kinds_of_nodes():
    edges = Adjacency.from_edge_index(torch.tensor([[1], [0]]), (3, 2))
    with pytest.raises(ValueError, match="bipartite"):
        in_out_degrees(edges, 3)

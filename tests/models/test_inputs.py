import torch
from torch.testing import assert_close

from graphattn.models import Columns, NodeInput
from graphattn.models.inputs import ColumnSum


def test_integer_columns_are_categories_and_others_numbers():
    assert Columns.of(torch.tensor([[0, 4], [2, 1]])) == Columns(2, (3, 5))
    assert Columns.of(torch.rand(3, 7)) == Columns(7)


def test_categories_are_summed_over_columns():
    columns = ColumnSum(Columns(2, (3, 5)), 7)
    features = torch.tensor([[0, 4], [2, 1], [2, 4]])
    table = columns.map.weight
    want = table[features[:, 0]] + table[3 + features[:, 1]]
    assert_close(columns(features), want)


def test_a_node_gets_its_own_features_and_those_of_the_edges_that_end_at_it():
    node_input = NodeInput(Columns(2), Columns(1, (3,)), 7)
    x = torch.rand(3, 2)
    edge_index = torch.tensor([[0, 1, 2], [1, 0, 1]])
    edge_attr = torch.tensor([[0], [2], [1]])
    want = node_input.nodes(x).clone()
    edges = node_input.edges(edge_attr)
    want[0] += edges[1]
    want[1] += edges[0] + edges[2]
    assert_close(node_input(x, edge_index, edge_attr), want)


def test_without_edge_features_the_edges_do_not_matter():
    node_input = NodeInput(Columns(2), None, 7)
    x = torch.rand(3, 2)
    assert_close(node_input(x, torch.tensor([[0], [1]])), node_input.nodes(x))

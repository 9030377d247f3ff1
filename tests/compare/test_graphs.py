from dataclasses import replace

import pytest
import torch
from torch.testing import assert_close
from torch_geometric.data import Batch

from graphattn.compare.graphs import collate, pointers, ranges
from graphattn.compare.structures import structure


def test_ranges_are_the_positions_of_each_group():
    starts, counts = torch.tensor([7, 0, 3]), torch.tensor([2, 0, 3])
    assert ranges(starts, counts).tolist() == [7, 8, 3, 4, 5]


def test_pointers_begin_at_zero_and_end_at_the_total():
    assert pointers(torch.tensor([2, 0, 3])).tolist() == [0, 2, 2, 5]


@pytest.mark.parametrize("chosen", [[3], [11, 2, 7], [5, 5]])
def test_a_batch_is_that_of_pyg(molecules, molecule_task, chosen):
    got = collate(molecule_task.graphs, None, torch.tensor(chosen))
    want = Batch.from_data_list([molecules[k] for k in chosen])
    assert_close(got.x, want.x)
    assert_close(got.edge_index, want.edge_index)
    assert_close(got.edge_attr, want.edge_attr)
    assert_close(got.batch, want.batch)
    assert_close(got.y, want.y)
    assert got.num_graphs == len(chosen)


def test_of_a_batch_of_nodes_those_of_known_class_are_scored(molecule_task):
    y = torch.arange(len(molecule_task.graphs.x)) % 3 - 1
    graphs = replace(molecule_task.graphs, y=y, of_nodes=True)
    batch = collate(graphs, None, torch.tensor([4, 1]))
    assert (batch.y >= 0).all()
    nodes = torch.cat([torch.arange(*graphs.ptr[k : k + 2]) for k in (4, 1)])
    assert_close(batch.y, y[nodes][batch.rows])
    assert len(batch.rows) == int((y[nodes] >= 0).sum())


def test_pairs_stay_within_their_graph(molecule_task):
    pairs = structure("2-hop").pairs(molecule_task.graphs)
    batch = collate(molecule_task.graphs, pairs, torch.tensor([13, 2, 31]))
    sources, targets = batch.attend.edge_index
    assert_close(batch.batch[sources], batch.batch[targets])
    assert batch.attend.num_edges == sum(int(pairs.ptr.diff()[k]) for k in (13, 2, 31))

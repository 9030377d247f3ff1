"""A real network, where the machine has it: MUSAE's pages of Facebook."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch_geometric.data import Data

from graphattn import GraphAttention
from graphattn.sampling import neighbor_loader


@pytest.fixture
def pages(data_folder) -> Data:
    path = Path(data_folder) / "musae_facebook" / "musae_facebook_edges.csv"
    pairs = torch.from_numpy(np.loadtxt(path, np.int64, delimiter=",", skiprows=1))
    edge_index = torch.cat([pairs.T, pairs.T.flip(0)], dim=1)
    return Data(x=torch.randn(22470, 8), edge_index=edge_index)


def test_all_neighbours_give_what_the_whole_graph_gives(pages):
    layers = [GraphAttention(8, 8, heads=2), GraphAttention(8, 3)]

    def scores(data):
        x = data.x
        for layer in layers:
            x = layer(x, data.edge_index)
        return x

    with torch.no_grad():
        whole = scores(pages)
        seeds = torch.randperm(22470)[:211]
        for batch in neighbor_loader(
            pages, [-1, -1], input_nodes=seeds, batch_size=53, num_workers=2
        ):
            got = scores(batch)[: batch.batch_size]
            torch.testing.assert_close(got, whole[batch.n_id[: batch.batch_size]])


def test_no_more_neighbours_are_drawn_than_asked_for(pages):
    for batch in neighbor_loader(pages, [5, 3], batch_size=1024):
        per_node = batch.edge_index[1].bincount(minlength=batch.num_nodes)
        assert per_node[: batch.batch_size].max() == 5
        assert per_node[batch.batch_size :].max() == 3
        assert len(batch.e_id.unique()) == len(batch.e_id)

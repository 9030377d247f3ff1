import warnings

import pytest
import torch
from torch_geometric.transforms import RemoveIsolatedNodes

from graphattn import datasets
from graphattn.datasets import load
from graphattn.sampling import neighbor_loader


@pytest.fixture
def network(write):
    ties = "source,target\n" + "".join(f"n{i},n{(i * 5 + 1) % 31}\n" for i in range(31))
    return load(write("ties.csv", ties.encode()))


def test_a_loaded_network_goes_through_pygs_loaders(network):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loader = neighbor_loader(network, [-1], batch_size=7)
        seen = torch.cat([batch.n_id[: batch.batch_size] for batch in loader])
    assert sorted(seen.tolist()) == list(range(network.num_nodes))
    batch = next(iter(loader))
    assert [network.node_names[i] for i in batch.n_id[:3]] == network.node_names[:3]


def test_a_loaded_network_goes_through_pygs_transforms(network):
    assert RemoveIsolatedNodes()(network).num_nodes == network.num_nodes


def test_no_module_hides_a_public_function():
    assert callable(datasets.names)

import pytest
import torch
from torch_geometric.loader import DataLoader

from graphattn.datasets import load

SMILES = ("CCO", "c1ccccc1", "C", "C1CC1N")


@pytest.fixture
def dataset(write):
    rows = "".join(f"{smiles},{n}.5\n" for n, smiles in enumerate(SMILES))
    return load(write("four.csv", "smiles,y\n" + rows))


def test_items_are_graphs(dataset):
    item = dataset[3]
    assert item.x.shape == (4, 9)
    assert item.edge_index.shape == (2, 8)
    assert item.edge_attr.shape == (8, 3)
    assert item.y.tolist() == [[3.5]]
    assert item.smiles == "C1CC1N"
    assert repr(dataset) == "GraphDataset(four, 4 graphs, molecules)"


def test_a_part_has_its_own_targets_and_smiles(dataset):
    for index in (torch.tensor([3, 1]), [3, 1]):
        part = dataset[index]
        assert part.smiles == ["C1CC1N", "c1ccccc1"]
        assert part.y.tolist() == [[3.5], [1.5]]
        assert [item.num_nodes for item in part] == [4, 6]
    assert dataset[torch.tensor([False, True, False, True])].y.tolist() == [
        [1.5],
        [3.5],
    ]
    assert dataset[2:].smiles == ["C", "C1CC1N"]


def test_batches_like_any_pyg_dataset(dataset):
    (batch,) = DataLoader(dataset, batch_size=4)
    assert batch.num_graphs == 4
    assert batch.y.shape == (4, 1)
    assert batch.edge_index.max() == batch.num_nodes - 1
    assert batch.smiles == list(SMILES)


def test_one_graph_is_an_item_and_not_the_whole(write):
    dataset = load(write("one.csv", "smiles,y\nCCO,1.5\n"))
    assert len(dataset) == 1
    assert dataset[0].smiles == "CCO"
    assert dataset[0].num_nodes == 3
    assert dataset.copy()[0].num_nodes == 3

import pytest
import torch

from graphattn.datasets import DataError, load
from graphattn.datasets.masks import parts_of, public, with_split
from graphattn.datasets.splits import Split


def test_the_split_of_a_dataset_is_read_from_its_masks():
    split = public(load("karate"))
    assert split.train.tolist() == [0, 33]
    assert sum(map(len, split)) == 34


def test_data_without_a_split_of_their_own_are_refused(write):
    data = load(write("t.csv", "1,2\n2,3\n"))
    with pytest.raises(DataError, match="no split of their own"):
        public(data)


def test_numbers_are_standardised_on_the_training_part(write):
    nodes = write("nodes.csv", "id,age,city\n1,10,a\n2,30,b\n3,,a\n4,99,b\n")
    data = load(write("t.csv", "1,2\n2,3\n3,4\n"), nodes=nodes)
    split = Split(*map(torch.tensor, ([0, 1], [2], [3])))
    found = with_split(data, split)
    assert found.x[:2, 0].tolist() == pytest.approx([-1, 1], abs=1e-5)
    assert found.x[:, 1:].tolist() == data.x[:, 1:].tolist()
    assert found.columns.decode(found.x)["age"][3] == pytest.approx(99, rel=1e-4)
    assert all(map(torch.equal, public(found), split))
    assert "train_mask" not in data


def masked(train, val, test, y=(0, 1, 0, 1, -1)):
    data = load("karate").clone()
    masks = dict(zip(Split._fields, (train, val, test), strict=True))
    for part, nodes in masks.items():
        data[f"{part}_mask"] = torch.isin(torch.arange(5), torch.tensor(nodes))
    data.x, data.y = torch.eye(5), torch.tensor(y)
    return data


def test_each_node_is_told_its_part_and_may_be_in_none():
    assert parts_of(masked([0], [1], [3])) == ("train", "val", "", "test", "")
    assert parts_of(masked([0], [1], [3, 4])) == ("train", "val", "", "test", "")


def test_masks_that_are_no_partition_of_nodes_are_no_parts(write):
    assert parts_of(masked([0, 1], [1], [3])) == ()
    data = masked([0], [1], [3])
    data.train_mask = data.train_mask[:, None].expand(5, 10)
    assert parts_of(data) == ()

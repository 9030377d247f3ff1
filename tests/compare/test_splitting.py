import pytest

from graphattn.compare import prepare
from graphattn.compare.splitting import kinds, split
from graphattn.datasets import load


def test_a_seed_gives_one_split_and_seeds_differ(molecule_task):
    first, again, other = (split(molecule_task, "random", s) for s in (3, 3, 4))
    assert all(a.equal(b) for a, b in zip(first, again, strict=True))
    assert not first.test.equal(other.test)


def test_molecules_are_split_by_scaffold_unless_asked_otherwise(molecule_task):
    assert kinds(molecule_task) == ("scaffold", "random")


def test_a_network_learns_from_a_few_nodes_of_each_class(karate_task):
    train, val, test = split(karate_task, None, 0)
    assert karate_task.graphs.y[train].bincount().tolist() == [4, 4]
    assert len(train) + len(val) + len(test) == 34


def test_a_split_that_does_not_suit_is_refused(karate_task):
    with pytest.raises(ValueError, match="does not suit") as caught:
        split(karate_task, "scaffold", 0)
    assert "per-class" in str(caught.value)


def test_the_public_split_of_cora_is_the_given_one(data_folder):
    task = prepare(load("cora"))
    assert kinds(task) == ("per-class", "stratified", "given")
    first, again = (split(task, "given", seed) for seed in (0, 7))
    assert [len(part) for part in first] == [140, 500, 1000]
    assert all(a.equal(b) for a, b in zip(first, again, strict=True))
    assert task.graphs.y[first.train].bincount().tolist() == 7 * [20]


def test_a_network_without_masks_gives_no_split(karate):
    data = karate.clone()
    del data.val_mask
    with pytest.raises(ValueError, match="does not suit"):
        split(prepare(data), "given", 0)

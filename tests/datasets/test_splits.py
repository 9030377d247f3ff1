from itertools import chain

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from graphattn.datasets import DataError, splits
from graphattn.datasets.molecules.scaffolds import murcko_scaffold

SMILES = (
    ["c1ccccc1" + "C" * n for n in range(11)]
    + ["C1CCCCC1" + "O" * n for n in range(5)]
    + ["c1ccncc1" + "C" * n for n in range(3)]
    + ["C" * n for n in range(1, 6)]
    + ["C1CC1", "C1CCC1", "c1ccoc1", "c1ccsc1", "C1CCOC1", "c1ccc2ccccc2c1"]
)


def check_partition(split, items):
    parts = [part.tolist() for part in split]
    assert sorted(chain(*parts)) == sorted(items)
    assert all(part == sorted(part) for part in parts)


def equal(one, other):
    return all(torch.equal(a, b) for a, b in zip(one, other, strict=True))


@given(st.integers(30, 97), st.integers(0, 2**32))
@settings(max_examples=25, deadline=None)
def test_random_is_a_partition_of_the_sizes_asked_for(num_items, seed):
    split = splits.random(num_items, seed=seed)
    check_partition(split, range(num_items))
    sizes = [0.8 * num_items, 0.1 * num_items, 0.1 * num_items]
    assert all(abs(len(p) - n) <= 1 for p, n in zip(split, sizes, strict=True))


def test_random_depends_on_its_seed_alone_and_leaves_the_global_generator_be():
    torch.manual_seed(3)
    state = torch.get_rng_state()
    one = splits.random(31, seed=5)
    assert torch.equal(torch.get_rng_state(), state)
    torch.manual_seed(4)
    assert equal(one, splits.random(31, seed=5))
    assert not equal(one, splits.random(31, seed=6))


@given(st.lists(st.integers(-1, 2), min_size=40, max_size=83), st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_stratified_keeps_the_share_of_each_class(labels, seed):
    y = torch.tensor(labels)
    split = splits.stratified(y, fractions=(0.5, 0.25, 0.25), seed=seed)
    check_partition(split, (y >= 0).nonzero().view(-1).tolist())
    for label in range(3):
        count = int((y == label).sum())
        for part, fraction in zip(split, (0.5, 0.25, 0.25), strict=True):
            assert abs(int((y[part] == label).sum()) - fraction * count) <= 1


@given(st.integers(0, 99))
@settings(max_examples=10, deadline=None)
def test_per_class_takes_the_same_number_of_each(seed):
    y = torch.tensor([0, 1, 2, 0, 1, 2, 0, 1, 2, 2, 2, -1, 0, 1, -1])
    split = splits.per_class(y, train_per_class=2, val_per_class=1, seed=seed)
    check_partition(split, (y >= 0).nonzero().view(-1).tolist())
    assert y[split.train].bincount().tolist() == [2, 2, 2]
    assert y[split.val].bincount().tolist() == [1, 1, 1]


@given(st.permutations(SMILES), st.none() | st.integers(0, 99))
@settings(max_examples=20, deadline=None)
def test_no_scaffold_is_in_two_parts(smiles, seed):
    split = splits.scaffold(smiles, fractions=(0.6, 0.2, 0.2), seed=seed)
    check_partition(split, range(len(smiles)))
    groups = [{murcko_scaffold(smiles[i]) for i in part.tolist()} for part in split]
    assert not groups[0] & groups[1]
    assert not groups[0] & groups[2]
    assert not groups[1] & groups[2]


def test_scaffold_without_seed_puts_the_largest_groups_first():
    split = splits.scaffold(SMILES, fractions=(0.6, 0.2, 0.2))
    # 30 molecules: groups of 11, 5 (no ring), 5 (cyclohexanes) and so on; train has 18,
    # and of the two groups of 5 that which begins later comes first.
    train = {murcko_scaffold(SMILES[i]) for i in split.train.tolist()}
    assert {"c1ccccc1", ""} <= train
    assert equal(split, splits.scaffold(SMILES, fractions=(0.6, 0.2, 0.2)))


def test_of_scaffolds_as_rare_the_last_ones_are_dealt_out_first():
    smiles = ["C1CC1", "C1CCC1", "C1CCCC1", "C1CCCCC1", "c1ccccc1C", "c1ccccc1"]
    split = splits.scaffold(smiles, fractions=(0.5, 1 / 3, 1 / 6))
    assert [part.tolist() for part in split] == [[3, 4, 5], [1, 2], [0]]


def test_scaffold_with_a_seed_draws_the_order_of_the_groups():
    drawn = [
        splits.scaffold(SMILES, fractions=(0.6, 0.2, 0.2), seed=s) for s in (1, 1, 2)
    ]
    assert equal(drawn[0], drawn[1])
    assert not equal(drawn[0], drawn[2])


@pytest.mark.parametrize("fractions", [(0.8, 0.1, 0.2), (1.1, -0.1, 0.0), (0.5, 0.5)])
def test_fractions_must_add_up(fractions):
    with pytest.raises((DataError, TypeError)):
        splits.random(11, fractions=fractions, seed=0)


def test_an_empty_part_is_refused():
    with pytest.raises(DataError) as error:
        splits.random(3, seed=0)
    assert str(error.value) == (
        "splits.random: a part is empty: there are too few items or groups; take other "
        "fractions, another kind of split, or more data. Got:\n"
        "  fractions = (0.8, 0.1, 0.1)\n"
        "  sizes = {'train': 2, 'val': 1, 'test': 0}"
    )


def test_a_class_too_small_is_named():
    y = torch.tensor([0, 0, 0, 1, 1])
    with pytest.raises(DataError) as error:
        splits.per_class(y, train_per_class=1, val_per_class=1, seed=0)
    assert str(error.value) == (
        "splits.per_class: each class needs at least train_per_class + val_per_class + "
        "1 items. Got:\n  class = 1\n  items of it = 2\n  train_per_class = 1\n"
        "  val_per_class = 1"
    )


def test_numbers_cannot_be_stratified():
    with pytest.raises((DataError, TypeError)):
        splits.stratified(torch.randn(11), seed=0)


def test_all_unlabelled_is_refused():
    with pytest.raises(DataError, match="no item has a class"):
        splits.stratified(torch.full((11,), -1), seed=0)


def test_the_split_of_the_data_is_taken_as_it_is():
    parts = ["test", "train", "", "val", "train"]
    split = splits.given(parts)
    assert [part.tolist() for part in split] == [[1, 4], [3], [0]]
    with pytest.raises(DataError, match="no item to train on"):
        splits.given([])
    with pytest.raises(DataError, match="a part must be one of"):
        splits.given(["train", "dev"])


@given(st.integers(7, 60), st.integers(3, 7), st.integers(0, 5))
def test_every_item_is_tested_once_by_k_folds(num_items, folds, seed):
    found = splits.k_fold(num_items, folds=folds, seed=seed)
    assert len(found) == folds
    for split in found:
        assert torch.cat(split).sort().values.tolist() == list(range(num_items))
        assert all(len(part) > 0 for part in split)
    tested = torch.cat([split.test for split in found])
    assert tested.sort().values.tolist() == list(range(num_items))
    sizes = [len(split.test) for split in found]
    assert max(sizes) - min(sizes) <= 1


def test_no_scaffold_is_in_two_folds():
    smiles = [f"{'C' * k}{ring}" for k in range(5) for ring in RINGS]
    found = splits.scaffold_k_fold(smiles, folds=3, seed=2)
    again = splits.scaffold_k_fold(smiles, folds=3, seed=2)
    for split, same in zip(found, again, strict=True):
        assert all(torch.equal(a, b) for a, b in zip(split, same, strict=True))
        scaffolds = [{murcko_scaffold(smiles[i]) for i in part} for part in split]
        assert not scaffolds[0] & scaffolds[1] | scaffolds[2] & scaffolds[0]
        assert torch.cat(split).sort().values.tolist() == list(range(len(smiles)))


RINGS = ("c1ccccc1", "C1CC1", "C1CCC1", "c1ccncc1", "C1CCCC1", "c1ccoc1", "O")


@pytest.mark.parametrize(("num_items", "folds"), [(9, 2), (4, 5), (9, 0)])
def test_too_few_folds_or_items_are_refused(num_items, folds):
    with pytest.raises(DataError, match="at least 3 folds"):
        splits.k_fold(num_items, folds=folds, seed=0)

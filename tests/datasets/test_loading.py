from pathlib import Path

import pytest

from graphattn.datasets import DataError, load


def test_an_unknown_option_gives_the_nearest_one():
    with pytest.raises(DataError) as error:
        load("karate", feature="structure")
    assert str(error.value) == (
        "datasets.load: this dataset has no such option. Got:\n"
        "  option = 'feature'\n"
        "  nearest = ['features']\n"
        "  known = ['graph', 'name', 'label', 'derived', 'features', 'train', "
        "'train_per_class', 'val_per_class', 'seed']\n"
        "  reader = 'social.named'"
    )


def test_options_of_a_card_give_way_to_those_of_the_call():
    assert load("karate", features="structure").num_features == 4
    assert load("karate", train=None, train_per_class=5).train_mask.sum() == 10


def test_a_path_is_relative_to_root(write):
    path = write("few.csv", "smiles,y\nCCO,1.5\n")
    assert load("few.csv", root=path.parent).smiles == ["CCO"]
    assert load(str(path)).name == "few"
    assert load(path).smiles == ["CCO"]


def test_the_files_of_a_named_dataset_can_lie_elsewhere(write):
    write("CHEMBL2321810.smi", "CCO 7\nCN 9\n")
    act = write("CHEMBL2321810_act.csv", "Name,Act\n9,1.5\n7,2.5\n")
    data = load("sodium_channel", root=act.parent)
    assert data.smiles == ["CCO", "CN"]
    assert data.y.view(-1).tolist() == [2.5, 1.5]


def test_a_folder_that_does_not_exist_is_refused():
    with pytest.raises(DataError) as error:
        load("nci", root=Path("no", "where"))
    assert str(error.value) == (
        "datasets.load: the folder that holds the files does not exist; name another "
        f"with root=. Got:\n  folder = {str(Path('no', 'where'))!r}"
    )


def test_a_misspelt_path_is_taken_for_a_file():
    with pytest.raises(DataError, match="there is no such file"):
        load("no/such/thing")
    with pytest.raises(DataError, match="there is no such file"):
        load("thing.csv")

import pytest

from graphattn.datasets import DataError, load


def test_an_unknown_name_gives_the_nearest_ones_and_says_how_to_give_a_file():
    with pytest.raises(DataError) as error:
        load("Karat")
    assert str(error.value) == (
        "datasets.load: no dataset has this name; take one of `known`, or give the "
        "path of a file: a csv with a SMILES column, or an edge list. Got:\n"
        "  name = 'Karat'\n"
        "  nearest = ['karate']\n"
        "  known = ['davis', 'digits', 'florentine', 'karate', 'les_miserables', "
        "'nci', 'sodium_channel', 'sodium_channel_smiles']"
    )

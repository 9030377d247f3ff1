from pathlib import Path

import pytest

from graphattn.datasets import DataError, card, load, names

CARD = """
title = "Ties"
about = "Who knows whom."
reader = "social.edge_list"
licence = "CC0"
cite = "Doe 2020"
"""
FILES = """
[[files]]
name = "ties.csv"
url = "https://example.org/ties.csv"
size = 19

[[files]]
role = "labels"
name = "groups.csv"
url = ["https://example.org/groups.csv", "https://example.com/groups.csv"]
"""


def test_an_unknown_name_gives_the_nearest_ones_and_says_how_to_give_a_file():
    with pytest.raises(DataError) as error:
        load("Karat")
    assert str(error.value) == (
        "datasets.load: no dataset has this name; take one that `graphattn datasets "
        "list` names, or give the path of a file: a csv with a SMILES column, or an "
        "edge list. Got:\n"
        "  name = 'Karat'\n"
        "  nearest = ['karate']"
    )


def test_a_card_of_ones_own_and_its_files_are_a_dataset(write, tmp_path):
    write("ties.csv", "source,target\na,b\n\n")
    write("groups.csv", "id,label\na,x\nb,y\nc,x\n")
    write("ties.toml", CARD + FILES)
    data = load("ties", root=tmp_path, cards=tmp_path)
    assert data.name == "ties"
    assert data.edge_index.tolist() == [[0, 1], [1, 0]]
    assert data.y.tolist() == [0, 1, 0]
    assert load("ties", tmp_path, cards=tmp_path, directed=True).num_edges == 1


def test_the_environment_names_folders_of_cards(write, tmp_path, monkeypatch):
    assert "ties" not in names()
    write("ties.toml", CARD + FILES)
    monkeypatch.setenv("GRAPHATTN_CARDS", str(tmp_path))
    assert "ties" in names()
    assert names(cards=tmp_path) == names()  # the same folder twice
    first, second = card("ties").files
    assert first.url == ("https://example.org/ties.csv",)
    assert (first.role, second.role, len(second.url)) == ("path", "labels", 2)


def test_two_cards_of_one_name_are_refused(write, tmp_path):
    write("karate.toml", CARD)
    with pytest.raises(DataError, match="two cards have the same name"):
        load("karate", cards=tmp_path)


def test_a_folder_of_cards_must_exist():
    with pytest.raises(DataError, match="no such folder of cards"):
        names(cards=Path("no", "where"))


BAD_CARDS = {
    "no toml": ("title =", "the card is not TOML"),
    "not utf-8": (b"title = '\xff'", "the card is not TOML"),
    "unknown key": (CARD + 'licens = "MIT"', "nearest = ['licence']"),
    "unknown file key": (CARD + '[[files]]\nnmae = "x"', "nearest = ['name']"),
    "nothing": ("", "missing = ['title', 'about', 'reader', 'licence', 'cite']"),
    "no file name": (CARD + "[[files]]\nsize = 3", "missing = ['name']"),
    "files no list": (CARD + "files = 3", "[[files]] must be a list of tables"),
    "text for a number": (
        CARD + '[[files]]\nname = "x"\nsize = "3"',
        "size must be a whole number",
    ),
    "address no text": (CARD + '[[files]]\nname = "x"\nurl = 3', "url must be"),
    "a reader elsewhere": (
        CARD.replace("social.edge_list", "..os"),
        "reader must be a module of graphattn.datasets",
    ),
    "no reader": (CARD.replace("edge_list", "edgelist"), "there is no such reader"),
}


@pytest.mark.parametrize("case", BAD_CARDS)
def test_a_malformed_card_is_one_clear_message(case, write, tmp_path):
    content, words = BAD_CARDS[case]
    write("mine.toml", content)
    with pytest.raises(DataError) as error:
        load("mine", cards=tmp_path)
    assert words in str(error.value)

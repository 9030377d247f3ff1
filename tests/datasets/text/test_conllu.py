import contextlib

import pytest
from hypothesis import given
from mutations import fuzz, mutated

from graphattn.datasets import DataError, load
from graphattn.datasets.sequences import UNKNOWN
from graphattn.datasets.text.conllu import read

HEAD = "# text = He doesn't know\n"
WORDS = """1\tHe\the\tPRON\tPRP\t_\t4\tnsubj\t_\t_
2-3\tdoesn't\t_\t_\t_\t_\t_\t_\t_\t_
2\tdoes\tdo\tAUX\tVBZ\t_\t4\taux\t_\t_
3\tn't\tnot\tPART\tRB\t_\t4\tadvmod\t_\t_
4\tknow\tknow\tVERB\tVB\t_\t0\troot\t_\t_
4.1\tit\tit\tPRON\tPRP\t_\t_\t_\t4:obj\t_
"""
SECOND = "\n1\tknow\tknow\tVERB\tVB\t_\t0\troot\t_\t_\n"


def test_words_become_nodes_with_tags_and_heads(write):
    data = read(write("a.conllu", HEAD + WORDS + SECOND))
    assert data.vocabulary == (UNKNOWN, "know", "He", "does", "n't")
    assert data.class_names == ("AUX", "PART", "PRON", "VERB")
    assert (data.kind, data.task) == ("sequence", "tagging")
    first, second = data
    assert first.x.view(-1).tolist() == [2, 3, 4, 1]
    assert first.y.view(-1).tolist() == [2, 0, 1, 3]
    assert first.head.tolist() == [3, 3, 3, -1]
    assert first.edge_index.tolist() == [[0, 1, 1, 2, 2, 3], [1, 0, 2, 1, 3, 2]]
    assert second.num_edges == 0
    assert data.y.shape == (5, 1)
    assert data[[1]].y.tolist() == [[3]]


def test_a_word_can_be_linked_to_its_head(write):
    data = read(write("a.conllu", WORDS + SECOND), edges="tree", tag="deprel")
    assert data[0].edge_index.tolist() == [[3, 0, 3, 1, 3, 2], [0, 3, 1, 3, 2, 3]]
    assert data[1].num_edges == 0
    assert data.class_names == ("advmod", "aux", "nsubj", "root")


def test_the_vocabulary_is_that_of_the_training_part(write):
    files = {
        "test": write("test.conllu", SECOND.replace("know", "see", 1)),
        "train": write("train.conllu", WORDS),
    }
    data = read(files, lower=True)
    assert data.parts == ["train", "test"]
    assert data.vocabulary == (UNKNOWN, "does", "he", "know", "n't")
    assert data[1].x.tolist() == [[0]]


def test_a_word_without_a_tag_has_class_minus_1(write):
    data = read(write("a.conllu", WORDS.replace("PRON", "_", 1)))
    assert data.y.view(-1).tolist()[0] == -1


def test_a_treebank_of_ones_own_is_known_by_its_ending(write):
    assert load(write("mine.conllu", WORDS)).name == "mine.conllu"


BAD = {
    "columns": (WORDS.replace("\tnsubj", ""), "10 columns", "line = 1"),
    "number": (WORDS.replace("3\tn't", "5\tn't"), "numbered from 1", "line = 4"),
    "head": (WORDS.replace("4\taux", "x\taux"), "the head must be", "value = 'x'"),
    "far head": (WORDS.replace("4\taux", "9\taux"), "word of its sentence", "line = 1"),
    "nothing": ("# only a comment\n", "no sentence", "a.conllu"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_malformed_line_is_named(case, write):
    content, *words = BAD[case]
    with pytest.raises(DataError) as error:
        read(write("a.conllu", content))
    assert all(word in str(error.value) for word in words)


@fuzz
@given(raw=mutated((HEAD + WORDS + SECOND).encode()))
def test_mutated_treebanks_are_read_or_refused(raw, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "mutated.conllu"
    path.write_bytes(raw)
    with contextlib.suppress(DataError):
        read(path, edges="tree")

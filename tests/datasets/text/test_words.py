import pytest

from graphattn.datasets import DataError
from graphattn.datasets.sequences import UNKNOWN
from graphattn.datasets.text.words import as_parts, cut, lines_of, vocabulary


def test_lines_are_cut_into_tokens():
    line = ["It's 2 o'clock."]
    assert cut(line, "blanks", lower=True) == [["it's", "2", "o'clock."]]
    words = ["It", "'", "s", "2", "o", "'", "clock", "."]
    assert cut(line, "words", lower=False) == [words]
    assert cut(["ab c"], "characters", lower=False) == [["a", "b", " ", "c"]]
    with pytest.raises(DataError, match="tokens must be one of"):
        cut(line, "letters", lower=False)


def test_the_vocabulary_is_ordered_by_frequency_and_rare_words_are_left_out():
    sentences = [["b", "a", "c"], ["b", "a", UNKNOWN], ["b"]]
    assert vocabulary(sentences) == (UNKNOWN, "b", "a", "c")
    assert vocabulary(sentences, 2) == (UNKNOWN, "b", "a")
    with pytest.raises(DataError, match="min_count"):
        vocabulary(sentences, 0)


def test_lines_end_at_line_ends_only(write):
    path = write("a.txt", "one\u2028still one\r\n two \rthree\n")
    assert lines_of(path) == ["one\u2028still one", "two", "three"]


def test_parts_are_named_train_val_and_test(tmp_path):
    assert list(as_parts({"test": tmp_path, "train": tmp_path})) == ["train", "test"]
    with pytest.raises(DataError, match="the parts of a dataset are"):
        as_parts({"dev": tmp_path})

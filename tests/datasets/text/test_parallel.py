import pytest
from torch_geometric.loader import DataLoader
from torch_geometric.utils import to_dense_batch

from graphattn.datasets import DataError
from graphattn.datasets.sequences import UNKNOWN
from graphattn.datasets.text.parallel import BEGIN, END, read


@pytest.fixture
def pairs(write):
    source = {
        "train": write("a.en", "a dog runs\na dog\n"),
        "val": write("b.en", "cat"),
    }
    target = {"train": write("a.de", "ein Hund rennt\nein Hund\n")}
    target["val"] = write("b.de", "ein Kater\n")
    return source, target


def test_a_sentence_and_its_translation_are_one_item(pairs):
    data = read(*pairs, name="pairs")
    assert data.task == "translation"
    assert data.parts == ["train", "train", "val"]
    assert data.vocabulary == (UNKNOWN, "a", "dog", "runs")
    assert data.class_names == (UNKNOWN, BEGIN, END, "Hund", "ein", "rennt")
    assert data[0].y.view(-1).tolist() == [1, 4, 3, 5, 2]
    assert data[2].x.tolist() == [[0]]
    assert data[2].y.view(-1).tolist() == [1, 4, 0, 2]


def test_batches_are_ragged_and_can_be_padded(pairs):
    data = read(*pairs, name="pairs")
    batch = next(iter(DataLoader(data, 3, follow_batch=["y"])))
    assert batch.ptr.tolist() == [0, 3, 5, 6]
    padded, there = to_dense_batch(batch.y.view(-1), batch.y_batch, fill_value=-1)
    assert padded.tolist() == [[1, 4, 3, 5, 2], [1, 4, 3, 2, -1], [1, 4, 0, 2, -1]]
    assert there.sum(1).tolist() == [5, 4, 4]


def test_files_of_different_lengths_are_refused(pairs, write):
    source, target = pairs
    with pytest.raises(DataError, match=r"same line of both files.*\n.*'b.de': 2"):
        read(source, {**target, "val": write("b.de", "ein\nzwei\n")}, name="pairs")
    with pytest.raises(DataError, match="must have the same parts"):
        read(source, {"train": target["train"]}, name="pairs")

import contextlib

import pytest
import torch
from hypothesis import given
from mutations import fuzz, mutated

from graphattn.datasets import DataError, load
from graphattn.datasets.social import egos

GRAPHS = '{"7": [[0, 1], [1, 0], [1, 2]], "9": [[0, 4]], "11": []}'
LABELS = "id,target\n9,b\n7,a\n11,a\n"


def test_each_graph_has_its_ties_features_and_label(write):
    write("labels.csv", LABELS)
    data = load(write("egos.json", GRAPHS), labels="labels.csv")
    assert len(data) == 2
    assert data.class_names == ("a", "b")
    assert data.y.tolist() == [[0], [1]]
    assert data[0].edge_index.tolist() == [[0, 1, 1, 2], [1, 0, 2, 1]]
    assert data[1].edge_index.tolist() == [[0, 4], [4, 0]]
    assert data[1].x.shape == (5, 2)
    torch.testing.assert_close(data[0].x[0], data[0].x[2])
    assert data.kind == "social"
    assert [(s.row, s.value, s.reason) for s in data.skipped] == [
        (3, "11", "the graph has no tie")
    ]


def test_ties_can_be_directed(write):
    path, labels = write("egos.json", GRAPHS), write("labels.csv", LABELS)
    data = load(path, labels=labels, directed=True)
    assert data[0].edge_index.tolist() == [[0, 1, 1], [1, 0, 2]]


@pytest.mark.parametrize(
    ("graphs", "labels", "rule"),
    [
        ("[]", LABELS, "an object with a list of ties per graph"),
        ('{"7": 3}', "7,a\n", "an object with a list of ties per graph"),
        ('{"7": [[0, 1, 2]]}', "7,a\n", r"\n  tie = 1\n  value = \[0, 1, 2\]"),
        ('{"7": [[0, -1]]}', "7,a\n", "two numbers of nodes"),
        ('{"7": [[0, 0.5]]}', "7,a\n", "two numbers of nodes"),
        ('{"7": [[0, 268435455]], "8": [[0, 9]]}', "7,a\n8,b\n", "of all graphs"),
        ('{"7": []}', "7,a\n", "no graph has a tie"),
        (GRAPHS, "id,target\n7,a\n9,b\n", r"has no label.*\n.*\n  graph = '11'"),
        (GRAPHS, LABELS + "12,a\n", "a label is that of no graph"),
    ],
)
def test_files_that_do_not_fit_are_refused(write, graphs, labels, rule):
    with pytest.raises(DataError, match=rule):
        egos.read(write("egos.json", graphs), labels=write("labels.csv", labels))


@fuzz
@given(mutated(GRAPHS.encode()), mutated(LABELS.encode()))
def test_only_its_own_error_comes_out_of_mutated_files(write, graphs, labels):
    path, table = write("egos.json", graphs), write("labels.csv", labels)
    with contextlib.suppress(DataError):
        found = load(path, labels=table)
        assert len(found.y) == len(found) > 0


def test_the_egos_of_deezer_are_all_there(data_folder):
    data = load("deezer_egos")
    assert data.y.view(-1).bincount().tolist() == [5470, 4159]
    sizes = data.slices["x"].diff()
    assert (int(sizes.min()), int(sizes.max())) == (11, 363)

from graphattn.datasets import load
from graphattn.datasets.statistics import statistics


def test_counts_are_given_by_name_and_unknown_names_are_left_out():
    assert statistics(load("karate"), ["edges", "train", "self_loops", "parties"]) == {
        "edges": 156,
        "train": 2,
        "self_loops": 0,
    }


def test_counts_of_many_graphs_are_totals():
    digits = load("digits")[:3]
    counts = statistics(digits, ["graphs", "nodes", "edges", "maximum"])
    assert counts == {"graphs": 3, "nodes": 192, "edges": 1260, "maximum": 2.0}

import numpy as np
import pytest
import torch

from graphattn.compare import Study, load_task, prepare
from graphattn.compare.run import build_model
from graphattn.datasets import load
from graphattn.report.figures.attention import STRONGEST, Drawing, attention_on

TINY = Study(channels=12, heads=3, layers=2)


@pytest.mark.parametrize("name", ["edges", "full", "window:2"])
def test_rows_are_shares_and_stay_on_the_structure(name):
    task = prepare(load("sodium_channel")[:5])
    model = build_model(task, TINY, seed=0).eval()
    drawing = attention_on(model, task, name, graph=3)
    size = int(task.graphs.sizes[3])
    assert drawing.matrix.shape == (size, size)
    assert drawing.matrix.sum(1) == pytest.approx(np.ones(size), abs=1e-5)
    if name == "window:2":
        away = np.abs(np.subtract.outer(range(size), range(size))) > 2
        assert np.all(drawing.matrix[away] == 0)


def test_full_attention_is_drawn_on_a_network():
    task = load_task("karate", {})
    model = build_model(task, TINY, seed=0).eval()
    drawing = attention_on(model, task, "full", graph=0)
    assert np.all(drawing.matrix > 0)
    assert len(drawing.strongest()) == STRONGEST


def test_the_strongest_pairs_come_last_and_count_both_ways():
    matrix = torch.tensor([[0.6, 0.4, 0.0], [0.2, 0.3, 0.5], [0.0, 0.1, 0.9]])
    drawing = Drawing("edges", matrix.double().numpy())
    pairs = drawing.strongest()
    assert [(i, j) for i, j, _ in pairs] in ([(0, 1), (1, 2)], [(1, 2), (0, 1)])
    assert [w for *_, w in pairs] == pytest.approx([0.3, 0.3])
    assert drawing.received == pytest.approx([0.8, 0.8, 1.4])

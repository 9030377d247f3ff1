import pytest
import torch

from graphattn.compare import Study, load_task
from graphattn.compare.examine import attention_on
from graphattn.compare.run import build_model
from graphattn.report.figures.attention import STRONGEST, Drawing
from graphattn.report.scenes.network import network_scene

TINY = Study(channels=12, heads=3, layers=2)


def test_a_drawing_holds_the_nodes_of_its_scene():
    task = load_task("karate", {})
    model = build_model(task, TINY, seed=0).eval()
    for centre, rows in ((None, 34), (33, 34)):
        scene = network_scene(task, 0, centre)
        attention = attention_on(model, task, None, rows=scene.nodes)
        drawing = Drawing.of("full", attention, scene)
        assert drawing.matrix.shape == (rows, rows)
        assert drawing.matrix.sum(1) == pytest.approx([1.0] * rows, abs=1e-5)
        assert len(drawing.strongest()) == STRONGEST


def test_the_strongest_pairs_come_last_and_count_both_ways():
    matrix = torch.tensor([[0.6, 0.4, 0.0], [0.2, 0.3, 0.5], [0.0, 0.1, 0.9]])
    drawing = Drawing("edges", matrix.double().numpy())
    pairs = drawing.strongest()
    assert [(i, j) for i, j, _ in pairs] in ([(0, 1), (1, 2)], [(1, 2), (0, 1)])
    assert [w for *_, w in pairs] == pytest.approx([0.3, 0.3])
    assert drawing.received == pytest.approx([0.8, 0.8, 1.4])

import numpy as np
import pytest

from graphattn.compare import load_task
from graphattn.report.figures import (
    Drawing,
    draw_all,
    draw_curves,
    draw_metric,
    draw_molecule,
    draw_network,
)


def texts(figure) -> list[str]:
    figure.draw_without_rendering()
    return [text.get_text() for text in figure.findobj(match=is_text)]


def is_text(artist) -> bool:
    return hasattr(artist, "get_text") and artist.get_visible()


def attention(name: str, size: int) -> Drawing:
    matrix = np.random.default_rng(3).random((size, size))
    return Drawing(name, matrix / matrix.sum(1, keepdims=True))


def test_the_metric_names_axes_and_structures(comparison):
    found = " ".join(texts(draw_metric(comparison)))
    for words in ("RMSE (pIC50)", "lower is better", "edges", "full", "95% interval"):
        assert words in found


def test_the_curves_have_a_line_per_structure(outcome):
    figure = draw_curves(outcome.comparisons[0], outcome.runs)
    assert [len(axes.lines) for axes in figure.axes] == [2, 2]
    assert "epoch" in texts(figure)


def test_a_molecule_is_drawn_once_per_structure():
    size = 9
    drawings = [attention(name, size) for name in ("edges", "full")]
    figure = draw_molecule("c1ccccc1CCO", drawings, "phenylethanol")
    found = texts(figure)
    assert {"edges", "full", "phenylethanol"} <= set(found)
    assert sum("strongest pairs" in text for text in found) == 2


def test_a_network_shows_its_classes():
    task = load_task("karate", {})
    figure = draw_network(task, [attention("full", 34)], "club")
    assert {"Mr. Hi", "Officer", "33"} <= set(texts(figure))


def test_no_two_nodes_of_a_network_lie_on_each_other():
    from graphattn.report.figures.network import _layout

    edges = load_task("karate", {}).graphs.edges.index.T.numpy()
    places = _layout(34, edges)
    gaps = np.linalg.norm(places[:, None] - places[None], axis=2) + np.eye(34)
    assert gaps.min() > 0.1


def test_a_study_gets_metric_curves_and_attention(outcome):
    names = [name for name, _ in draw_all(outcome)]
    assert names == [f"karate-{kind}" for kind in ("metric", "curves", "attention")]


@pytest.mark.parametrize("size", [1, 2])
def test_a_tiny_molecule_can_be_drawn(size):
    drawing = attention("edges", size)
    assert "edges" in texts(draw_molecule("C" * size, [drawing], "tiny"))

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
    draw_pixels,
    draw_tokens,
)
from graphattn.report.material import gather
from graphattn.report.scenes.network import network_scene


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
    scene = network_scene(task)
    figure = draw_network(task, scene, [attention("full", 34)], "club")
    assert {"Mr. Hi", "Officer", "33"} <= set(texts(figure))


def test_tokens_are_written_beside_the_matrix():
    words = ["a", "weak", "movie"]
    drawings = [attention(name, 3) for name in ("edges", "full")]
    assert {*words, "edges", "full"} <= set(texts(draw_tokens(words, drawings, "t")))


def test_pixels_are_put_back_in_their_places():
    grid = np.array([[0, 0], [1, 0], [0, 1], [1, 1], [0, 2], [1, 2]])
    figure = draw_pixels(np.arange(6.0), grid, [attention("full", 6)], "digit")
    picture = figure.axes[0].images[0].get_array()
    assert picture.tolist() == [[0, 1], [2, 3], [4, 5]]


def test_a_study_gets_metric_curves_and_attention(outcome):
    (material,) = gather(outcome)
    names = [name for name, _ in draw_all(material)]
    assert names == [f"karate-{kind}" for kind in ("metric", "curves", "attention")]


@pytest.mark.parametrize("size", [1, 2])
def test_a_tiny_molecule_can_be_drawn(size):
    drawing = attention("edges", size)
    assert "edges" in texts(draw_molecule("C" * size, [drawing], "tiny"))

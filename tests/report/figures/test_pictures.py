import numpy as np
import pytest

from graphattn.compare import load_task
from graphattn.report import charts
from graphattn.report.figures import (
    Drawing,
    draw_all,
    draw_charts,
    draw_molecule,
    draw_network,
    draw_pixels,
    draw_tokens,
)
from graphattn.report.material import gather
from graphattn.report.palette import LIGHT
from graphattn.report.scenes.network import network_scene


def texts(figure) -> list[str]:
    figure.draw_without_rendering()
    return [text.get_text() for text in figure.findobj(match=is_text)]


def is_text(artist) -> bool:
    return hasattr(artist, "get_text") and artist.get_visible()


def attention(name: str, size: int) -> Drawing:
    matrix = np.random.default_rng(3).random((size, size))
    return Drawing(name, matrix / matrix.sum(1, keepdims=True))


def test_charts_name_axes_and_structures(comparison):
    found = " ".join(texts(draw_charts(charts.intervals(comparison))))
    for words in ("RMSE", "lower is better", "edges", "full", "95% interval"):
        assert words in found


def test_charts_have_the_lines_areas_and_names_of_the_page(outcome):
    curves = charts.curves(outcome.comparisons[0], outcome.runs)
    figure = draw_charts(curves)
    for axes, chart in zip(figure.axes, curves, strict=True):
        assert len(axes.patches) == sum(path.closed for path in chart.paths) == 2
        drawn = [line.get_color() for line in axes.lines]
        assert {LIGHT["s0"], LIGHT["s1"]} <= set(drawn)
        legend = axes.get_legend()
        assert legend is not None
        assert [text.get_text() for text in legend.texts] == ["edges", "full"]
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
    kinds = ("metric", "curves", "cost", "errors", "examined", "attention")
    assert names == [f"karate-{kind}" for kind in kinds]


@pytest.mark.parametrize("size", [1, 2])
def test_a_tiny_molecule_can_be_drawn(size):
    drawing = attention("edges", size)
    assert "edges" in texts(draw_molecule("C" * size, [drawing], "tiny"))

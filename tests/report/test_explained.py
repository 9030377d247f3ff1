import pytest
import torch

from graphattn.compare import load_task, prepare
from graphattn.datasets import from_molecules
from graphattn.report.explained import check_picture, draw_explained, write_picture


def texts(figure) -> set[str]:
    figure.draw_without_rendering()
    found = figure.findobj(match=lambda artist: hasattr(artist, "get_text"))
    return {text.get_text() for text in found}


def test_the_lines_of_a_node_have_its_own_weights():
    own = torch.zeros(1, 34)
    own[0, [5, 7, 11]] = torch.tensor([0.5, 0.375, 0.125])
    figure = draw_explained(load_task("karate", {}), {"full": own}, node=5)
    lines = "2 strongest pairs: weight 0.125 (thin) to 0.375 (thick)"
    assert {lines, "learned attention of node 5 (grey: ties)"} <= texts(figure)


@pytest.mark.parametrize("smiles", ["CCO", "C", "[Na+].[Cl-]"])
def test_any_molecule_is_drawn(smiles, tmp_path):
    task = prepare(from_molecules([smiles], [0.0]))
    size = len(task.graphs.x)
    weights = torch.full((size, size), 1 / size)
    figure = draw_explained(task, {"edges": weights, "full": weights}, None)
    assert {"edges", "full", f"learned attention on {smiles}"} <= texts(figure)
    write_picture(tmp_path / "a.PDF", figure)
    assert (tmp_path / "a.PDF").read_bytes().startswith(b"%PDF")


def test_a_picture_of_an_unknown_kind_is_refused_by_name(tmp_path):
    check_picture(tmp_path / "a.svg")
    with pytest.raises(ValueError, match=r"png, svg, pdf.*(?s:.)*a\.gif"):
        check_picture(tmp_path / "a.gif")

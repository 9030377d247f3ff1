"""Every example runs, and what it shows is true."""

import runpy
from pathlib import Path

import pytest
import torch

EXAMPLES = Path(__file__).parents[1] / "examples"


def main_of(name: str):
    return runpy.run_path(str(EXAMPLES / f"{name}.py"))["main"]


def test_molecules_beat_guessing_the_mean():
    error, guess = main_of("molecules")(epochs=3)
    assert error < 0.85 * guess


def test_most_members_of_the_club_are_told_right():
    assert main_of("social")() > 0.8


def test_a_gnn_of_ones_own_learns():
    first, last = main_of("own_gnn")(epochs=5)
    assert last < 0.7 * first


def test_attention_on_bonds_falls_as_more_pairs_are_allowed():
    shares = main_of("masked_vs_full")()
    assert shares["bonds"] == pytest.approx(1)
    assert shares["all pairs"] < shares["2 bonds"] < 1


def test_attention_on_a_grid_equals_a_convolution(tmp_path):
    picture = tmp_path / "convolution.png"
    assert main_of("convolution_is_attention")(str(picture)) < 1e-6
    assert picture.stat().st_size > 10_000


def test_mini_batches_come_close_to_the_whole_graph():
    sampled, whole = main_of("minibatch")(epochs=8)
    assert sampled > 0.8
    assert sampled > whole - 0.1


def test_an_eigenvector_tells_the_clubs_apart(tmp_path):
    assert main_of("structure")(tmp_path / "structure.png") > 0.9
    assert (tmp_path / "structure.png").stat().st_size > 10_000


def test_differences_of_places_alone_count(tmp_path):
    picture = tmp_path / "positions.png"
    errors = main_of("positions")(str(picture), length=17)
    assert len(errors) == 8
    assert max(errors.values()) < 1e-10
    assert picture.stat().st_size > 10_000


def test_a_graph_transformer_runs_with_and_without_structure():
    main = main_of("graph_transformer")
    errors = main(seeds=1, epochs=1, variants=("none", "all"), most=70)
    assert set(errors) == {"none", "all"}
    assert all(0 < error < 9 for error in errors.values())


def test_every_example_is_tested():
    tested = Path(__file__).read_text("utf-8")
    for file in EXAMPLES.glob("*.py"):
        assert f'"{file.stem}"' in tested


def test_patterns_weigh_what_they_allow_and_nothing_else(tmp_path):
    found = main_of("patterns")(tmp_path / "patterns.png")
    for weights in found.values():
        sums = weights.nansum(dim=1)
        some = weights.isfinite().any(dim=1)
        assert sums[some].sub(1).abs().max() < 1e-6
        assert not sums[~some].any()
    assert found["causal"].triu(1).nan_to_num().max() == 0
    assert (tmp_path / "patterns.png").stat().st_size > 10_000


TREEBANK = {"cats sleep .": (2, 0, 2), "they have fat cats .": (2, 0, 4, 2, 2)}


def test_attention_keeps_to_the_dependency_tree(tmp_path):
    lines = []
    for sentence, heads in TREEBANK.items():
        for k, (word, head) in enumerate(zip(sentence.split(), heads, strict=True), 1):
            lines.append(f"{k}\t{word}\t_\tX{k}\t_\t_\t{head}\t_\t_\t_")
        lines.append("")
    (tmp_path / "few.conllu").write_text("\n".join(lines) + "\n")
    sentence = "they have fat cats ."
    main, picture = main_of("sentence_tree"), tmp_path / "tree.png"
    found = main(picture, tmp_path / "few.conllu", sentence, epochs=1)
    allowed = torch.eye(5)
    for word, head in enumerate(TREEBANK[sentence]):
        if head:
            allowed[word, head - 1] = allowed[head - 1, word] = 1
    assert found["tree"].gt(0).equal(allowed.bool())
    assert found["full"].gt(0).all()
    for weights in found.values():
        assert weights.sum(1).sub(1).abs().max() < 1e-5
    assert picture.stat().st_size > 10_000

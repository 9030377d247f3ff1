import math

import pytest
import torch

from graphattn.compare import Study, Task
from graphattn.compare.examine import Attention, examine
from graphattn.compare.examine.examination import measure
from graphattn.compare.run import build_model
from graphattn.compare.splitting import split
from graphattn.compare.structures import structure

TINY = Study(channels=12, heads=3, layers=2)


def on_a_path(weights: torch.Tensor) -> Attention:
    """Attention of the five nodes of a path."""
    first = torch.arange(4)
    edges = torch.cat(
        [torch.stack([first, first + 1]), torch.stack([first + 1, first])], 1
    )
    return Attention(
        torch.arange(5), weights, torch.ones(5, 5, dtype=torch.bool), edges
    )


def test_attention_without_preference_is_what_chance_gives():
    found = measure(on_a_path(torch.full((2, 3, 5, 5), 0.2)))
    assert torch.allclose(found.entropy, torch.full((2, 3), math.log(5)))
    assert found.entropy_by_chance == pytest.approx(math.log(5))
    assert torch.allclose(found.on_edges, torch.full((2, 3), 8 / 25))
    assert found.on_edges_by_chance == pytest.approx(8 / 25)
    assert torch.allclose(found.itself, torch.full((2, 3), 0.2))
    assert found.profile_by_chance[:5].tolist() == pytest.approx(
        [5 / 25, 8 / 25, 6 / 25, 4 / 25, 2 / 25]
    )
    assert torch.allclose(found.profile, found.profile_by_chance.expand(2, 3, -1))
    assert torch.allclose(found.agreement, torch.ones(2))


def test_a_single_head_agrees_with_nobody():
    assert bool(
        measure(on_a_path(torch.full((2, 1, 5, 5), 0.2))).agreement.isnan().all()
    )


@pytest.mark.parametrize("name", ["edges", "full"])
def test_a_data_set_of_graphs_is_examined_on_its_test_part(molecule_task: Task, name):
    models = {seed: build_model(molecule_task, TINY, seed).eval() for seed in (0, 1)}
    pairs = structure(name).pairs(molecule_task.graphs)
    parts = {seed: split(molecule_task, None, seed) for seed in models}
    found = examine(molecule_task, name, pairs, models, parts)
    assert found.graphs > 1
    assert found.measured.entropy.shape == (2, 3)
    assert [one.fraction for one in found.deletions] == [0.1, 0.3, 0.5]
    if name == "edges":
        whole = found.measured.on_edges + found.measured.itself
        assert torch.allclose(whole, torch.ones(2, 3), atol=1e-5)
    again = examine(molecule_task, name, pairs, models, parts)
    assert again.deletions == found.deletions


def test_a_large_network_is_examined_on_some_rows(monkeypatch, karate_task: Task):
    module = "graphattn.compare.examine.examination."
    monkeypatch.setattr(module + "_ALL_ROWS", 20)
    monkeypatch.setattr(module + "_ROWS", 11)
    monkeypatch.setattr(module + "_MOST_PAIRS", 100)
    models = {0: build_model(karate_task, TINY, seed=0).eval()}
    parts = {0: split(karate_task, None, 0)}
    found = examine(karate_task, "full", None, models, parts)
    assert found.graphs == 1
    assert found.deletions == ()
    assert float(found.measured.profile.sum(-1).mean()) == pytest.approx(1, abs=1e-4)

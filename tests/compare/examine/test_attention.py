import pytest
import torch

from graphattn.compare import Study, Task
from graphattn.compare.examine import attention_on
from graphattn.compare.run import build_model
from graphattn.compare.structures import structure

TINY = Study(channels=12, heads=3, layers=2)


@pytest.mark.parametrize("name", ["edges", "full", "window:2"])
def test_rows_are_shares_and_stay_on_the_structure(molecule_task: Task, name):
    model = build_model(molecule_task, TINY, seed=0).eval()
    pairs = structure(name).pairs(molecule_task.graphs)
    found = attention_on(model, molecule_task, pairs, graph=3)
    size = int(molecule_task.graphs.sizes[3])
    assert found.weights.shape == (2, 3, size, size)
    assert torch.allclose(found.weights.sum(-1), torch.ones(2, 3, size))
    assert bool((found.weights[..., ~found.allowed] == 0).all())
    if name == "edges":
        itself = torch.eye(size, dtype=torch.bool)
        assert torch.equal(found.allowed, found.on_edges | itself)
        assert torch.equal(found.hops == 1, found.on_edges)
    if name == "full":
        assert bool(found.allowed.all())


@pytest.mark.parametrize("name", ["edges", "full"])
def test_some_rows_are_those_of_all(karate_task: Task, name):
    model = build_model(karate_task, TINY, seed=0).eval()
    pairs = structure(name).pairs(karate_task.graphs)
    whole = attention_on(model, karate_task, pairs)
    rows = torch.tensor([33, 2, 11])
    some = attention_on(model, karate_task, pairs, rows=rows)
    assert torch.allclose(some.weights, whole.weights[:, :, rows], atol=1e-6)
    assert torch.equal(some.allowed, whole.allowed[rows])
    assert torch.equal(some.on_edges, whole.on_edges[rows])
    assert torch.equal(some.hops, whole.hops[rows])


def test_attention_without_preference_is_the_same_to_all_allowed(karate_task: Task):
    model = build_model(karate_task, TINY, seed=0).eval()
    pairs = structure("edges").pairs(karate_task.graphs)
    chance = attention_on(model, karate_task, pairs).by_chance
    assert torch.allclose(chance.sum(1), torch.ones(34))
    assert float(chance[33].max()) == pytest.approx(1 / 18)  # 17 ties and itself

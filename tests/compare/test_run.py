import pytest
import torch
from torch.testing import assert_close

from graphattn.compare import Study
from graphattn.compare.run import build_model, run, training_batches
from graphattn.compare.splitting import split
from graphattn.compare.structures import structure

TINY = {"epochs": 2, "layers": 2, "channels": 12, "heads": 3}


@pytest.fixture
def study() -> Study:
    return Study(split="random", **TINY)


def test_a_seed_gives_one_initialisation_and_seeds_differ(molecule_task, study):
    first, again, other = (
        build_model(molecule_task, study, seed).state_dict() for seed in (5, 5, 6)
    )
    assert_close(first, again, rtol=0, atol=0)
    weight = "encoder.blocks.0.attention_norm.weight"
    changed = [key for key in first if not first[key].equal(other[key])]
    assert changed
    assert weight in first


def test_a_seed_gives_the_same_batches_for_every_structure(molecule_task):
    train = split(molecule_task, "random", 0).train
    drawn = []
    for name in ("edges", "full"):
        pairs = structure(name).pairs(molecule_task.graphs)
        batches = training_batches(molecule_task, pairs, train, 7, seed=3)
        drawn.append([batch for _ in range(2) for batch in batches])
    for one, other in zip(*drawn, strict=True):
        assert_close(one.x, other.x)
        assert_close(one.y, other.y)
    epochs = [[b.y for b in drawn[0][:6]], [b.y for b in drawn[0][6:]]]
    assert not torch.cat(epochs[0]).equal(torch.cat(epochs[1]))
    assert torch.cat(epochs[0]).sort(0)[0].equal(torch.cat(epochs[1]).sort(0)[0])


@pytest.mark.parametrize("name", ["edges", "full"])
def test_a_run_can_be_repeated(molecule_task, study, name):
    pairs = structure(name).pairs(molecule_task.graphs)
    first, _ = run(molecule_task, pairs, study, name, seed=1)
    torch.manual_seed(99)
    again, _ = run(molecule_task, pairs, study, name, seed=1)
    assert (first.score, first.losses, first.val_scores) == (
        again.score,
        again.losses,
        again.val_scores,
    )


def test_a_network_is_scored_on_its_test_nodes_only(karate_task, study):
    train, _, test = split(karate_task, None, 0)
    (batch,) = training_batches(karate_task, None, train, 1, seed=0)
    assert_close(batch.rows, train)
    assert_close(batch.y, karate_task.graphs.y[train])
    study = Study(**TINY)
    result, model = run(karate_task, None, study, "full", seed=0)
    assert 0 <= result.score <= 1
    assert round(result.score * len(test)) == pytest.approx(result.score * len(test))
    assert not model.training


@pytest.mark.parametrize("score", ["dot", "additive", "gatv2", "gat"])
def test_every_score_runs_on_edges_and_on_all_pairs(karate_task, score):
    study = Study(score=score, **TINY)
    for name in ("edges", "full"):
        pairs = structure(name).pairs(karate_task.graphs)
        result, _ = run(karate_task, pairs, study, name, seed=0)
        assert len(result.losses) == 2


def test_a_budget_in_pairs_lets_few_pairs_train_for_longer(karate_task):
    study = Study(pairs=4_000, layers=1, channels=12, heads=3)
    steps = {}
    for name in ("edges", "full"):
        pairs = structure(name).pairs(karate_task.graphs)
        result, _ = run(karate_task, pairs, study, name, seed=0)
        steps[name] = len(result.losses)
    assert steps == {"edges": round(4_000 / 190), "full": round(4_000 / 34**2)}

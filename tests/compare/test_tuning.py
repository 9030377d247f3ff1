import pytest

from graphattn.compare import Study
from graphattn.compare.folder import read_record
from graphattn.compare.structures import structure
from graphattn.compare.tuning import tuned
from graphattn.compare.work import Prepared, Run, do

pytest.importorskip("optuna")
TINY = Study(
    attention="edges", seeds=2, epochs=2, layers=1, channels=12, heads=3, tune=3
)


def test_the_defaults_come_first_and_the_best_validation_wins(karate_task, tmp_path):
    pairs = structure("edges").pairs(karate_task.graphs)
    best = tuned(TINY, karate_task, pairs, "edges", 1, tmp_path)
    found = read_record(tmp_path / "tuned-split-1.json")
    first = found["trials"][0]
    assert (first["learning_rate"], first["weight_decay"]) == (5e-3, 0.01)
    assert len(found["trials"]) == 3
    winner = max(found["trials"], key=lambda trial: trial["validation"])
    assert best["learning_rate"] == winner["learning_rate"]
    assert tuned(TINY, karate_task, pairs, "edges", 1, tmp_path) == best
    assert tuned(TINY, karate_task, pairs, "edges", 1, None) == best


def test_a_run_is_trained_with_what_was_found(karate_task, tmp_path):
    prepared = Prepared.of(TINY, karate_task)
    one = Run("karate", "edges", 0)
    result, _ = do(TINY, prepared, one, lambda _: None, tmp_path / "run.csv")
    again, _ = do(TINY, prepared, one, lambda _: None, tmp_path / "run.csv")
    assert result.losses == again.losses
    assert (tmp_path / "tuned-split-0.json").exists()

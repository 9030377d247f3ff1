import numpy as np
import pytest
import torch

from graphattn.compare import Study, load_task, prepare
from graphattn.compare.run import build_model
from graphattn.compare.splitting import split
from graphattn.datasets import load
from graphattn.report.errors import item_errors, predict

TINY = Study(channels=12, heads=3, layers=1)


@pytest.mark.parametrize("name", ["sodium_channel", "karate"])
def test_errors_are_those_of_the_models_averaged_over_the_seeds(name):
    task = load_task(name, {}) if name == "karate" else prepare(load(name)[:47])
    models = {"full": {s: build_model(task, TINY, s).eval() for s in (0, 1, 2)}}
    parts = {seed: split(task, None, seed) for seed in (0, 1, 2)}
    found = item_errors(task, {"full": None}, models, parts)
    tested = torch.cat([part.test for part in parts.values()])
    assert found.tests.sum() == len(tested)
    assert set(found.items) == set(tested.tolist())
    item = int(tested[0])
    expected = []
    for seed, part in parts.items():
        if item in part.test.tolist():
            one = torch.tensor([item])
            predicted, y = predict(models["full"][seed], task, None, one)
            objective = task.objective(part.train)
            if task.is_regression:
                error = predicted * objective.std + objective.mean - y
                expected.append(float(error.abs()))
            else:
                expected.append(1 - float(predicted.softmax(1)[0, int(y)]))
    place = int(np.searchsorted(found.items, item))
    assert found.errors["full"][place] == pytest.approx(np.mean(expected), abs=1e-5)

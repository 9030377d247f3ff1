import math
from dataclasses import replace

import pytest
import torch

from graphattn.compare import Study
from graphattn.compare.fingerprints import fingerprint_score, fingerprints

STUDY = Study(split="random", seeds=2)


def test_fingerprints_are_bits_of_every_molecule(molecule_task):
    bits = fingerprints(molecule_task)
    assert bits.shape == (47, 2048)
    assert set(bits.ravel()) == {0, 1}
    assert (bits.sum(1) > 0).all()


def test_it_beats_the_mean_and_can_be_repeated(molecule_task):
    score, seconds = fingerprint_score(molecule_task, STUDY, 1)
    assert score == fingerprint_score(molecule_task, STUDY, 1)[0]
    assert 0 < score < 2 * float(molecule_task.graphs.y.std())
    assert seconds > 0


def with_targets(task, y, **more):
    return replace(task, graphs=replace(task.graphs, y=y), is_regression=False, **more)


def test_classes_and_answers_are_learned_too(molecule_task):
    y = molecule_task.graphs.y
    high = (y > y.median()).view(-1)
    classes = with_targets(molecule_task, high.long(), outputs=2)
    accuracy, _ = fingerprint_score(classes, replace(STUDY, metric="accuracy"), 0)
    assert 0.3 < accuracy <= 1
    area, _ = fingerprint_score(classes, STUDY, 0)
    assert 0 <= area <= 1
    answers = high.float()[:, None].repeat(1, 2)
    answers[::5, 1] = math.nan
    labels = with_targets(molecule_task, answers, outputs=2)
    area, _ = fingerprint_score(labels, STUDY, 0)
    assert 0 <= area <= 1


def test_missing_numbers_are_left_out(molecule_task):
    y = molecule_task.graphs.y.clone().repeat(1, 2)
    y[::3, 1] = math.nan
    task = replace(molecule_task, graphs=replace(molecule_task.graphs, y=y), outputs=2)
    score, _ = fingerprint_score(task, STUDY, 0)
    assert score == pytest.approx(score)  # not NaN
    assert torch.tensor(score).isfinite()

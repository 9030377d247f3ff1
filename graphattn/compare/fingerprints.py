"""The model without a graph network: Morgan fingerprints and a linear model."""

import time
from typing import Any

import numpy as np
import torch
from torch import Tensor

from graphattn.compare.splitting import split
from graphattn.compare.study import Study
from graphattn.compare.task import Task
from graphattn.training import Regression

RADIUS, BITS = 2, 2048
_PENALTIES = np.logspace(-2, 3, 21)
_STRENGTH = 0.1  # of the logistic model: fingerprints have more bits than rows


def fingerprints(task: Task) -> np.ndarray:
    """Returns one row of bits per molecule.

    Args:
        task: Molecules.
    """
    from rdkit import Chem, rdBase
    from rdkit.Chem import rdFingerprintGenerator

    generator = rdFingerprintGenerator.GetMorganGenerator(radius=RADIUS, fpSize=BITS)
    with rdBase.BlockLogs():  # the molecules have been read, and told about, before
        rows = map(Chem.MolFromSmiles, task.smiles)
        return np.stack([generator.GetFingerprintAsNumPy(row) for row in rows])


def fingerprint_score(task: Task, study: Study, number: int) -> tuple[float, float]:
    """Trains on the training part alone and scores the test part.

    Numbers are learned by ridge regression, whose penalty scikit-learn's leave-one-out
    estimate chooses; classes by logistic regression.

    Args:
        task: Molecules.
        study: The terms.
        number: Of the split.

    Returns:
        The metric, and the processor time in seconds.
    """
    begun = time.process_time()
    train, _, test = split(task, study.split, number)
    bits = fingerprints(task).astype(np.float64)
    objective, y = task.objective(train, study.metric), task.graphs.y
    inputs = bits[train.numpy()], bits[test.numpy()]
    if isinstance(objective, Regression):
        scaled = (y[train] - objective.mean) / objective.std
        predicted = _numbers(*inputs, scaled)
    elif task.is_labels:
        predicted = _answers(*inputs, y[train])
    else:
        predicted = _classes(*inputs, y[train], task.outputs)
    score = objective.score(torch.from_numpy(predicted).float(), y[test])
    return score, time.process_time() - begun


def _numbers(train: np.ndarray, test: np.ndarray, y: Tensor) -> np.ndarray:
    from sklearn.linear_model import RidgeCV

    columns = []
    for target in y.double().numpy().T:
        known = ~np.isnan(target)
        ridge: Any = RidgeCV(alphas=_PENALTIES).fit(train[known], target[known])
        columns.append(ridge.predict(test))
    return np.stack(columns, axis=1)


def _answers(train: np.ndarray, test: np.ndarray, y: Tensor) -> np.ndarray:
    columns = []
    for target in y.numpy().T:
        known = ~np.isnan(target)
        columns.append(_logits(train[known], target[known].astype(int), test, 2)[:, 1])
    return np.stack(columns, axis=1)


def _classes(train: np.ndarray, test: np.ndarray, y: Tensor, count: int) -> np.ndarray:
    return _logits(train, y.numpy(), test, count)


def _logits(
    train: np.ndarray, y: np.ndarray, test: np.ndarray, count: int
) -> np.ndarray:
    from sklearn.linear_model import LogisticRegression

    found = np.full((len(test), count), -np.inf)
    there = np.unique(y)
    if len(there) == 1:  # nothing to tell apart
        found[:, there] = 0.0
        return found
    model: Any = LogisticRegression(C=_STRENGTH, max_iter=1000).fit(train, y)
    found[:, model.classes_] = model.predict_log_proba(test)
    return found

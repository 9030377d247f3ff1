"""Reads the raw files of Planetoid: Cora, CiteSeer, PubMed, with the public split."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch_geometric.data import Data

from graphattn.datasets.errors import check
from graphattn.datasets.numbers import number
from graphattn.datasets.pickles import read_pickle
from graphattn.datasets.social.network import Network, to_data
from graphattn.datasets.social.ties import Leave, Rules
from graphattn.datasets.tables import read_table

_CALLER = "datasets.load"
NUM_VAL = 500


def read(
    x: Path,
    y: Path,
    allx: Path,
    ally: Path,
    tx: Path,
    ty: Path,
    graph: Path,
    test_index: Path,
    *,
    name: str,
    self_loops: Leave = "drop",
    isolated: Leave = "keep",
    unlabelled: Leave = "keep",
) -> Data:
    """Reads a citation network, its features as they are, and the public split.

    The first rows train, the next 500 choose the model, those in `test_index` are the
    test. Test rows may have gaps, as in CiteSeer: the node in a gap has no features,
    all zeros, no label, class -1, and is in no part. Repeated citations count once.

    Args:
        x: ``ind.*.x``, the features of the training nodes.
        y: ``ind.*.y``, their classes, one-hot.
        allx: The features of all nodes that are not in the test.
        ally: Their classes.
        tx: The features of the test nodes, in the order of `test_index`.
        ty: Their classes.
        graph: The neighbours of each node.
        test_index: The position of each test node.
        name: Of the dataset.
        self_loops: "keep", "drop", as the literature does, or "raise".
        isolated: What to do with nodes without ties: "keep", "drop" or "raise".
        unlabelled: What to do with nodes in a gap: "keep", "drop" or "raise".

    Raises:
        DataError: A file is damaged, or does not belong to the others.

    Source:
        Yang, Cohen, Salakhutdinov 2016, https://arxiv.org/abs/1603.08861.
    """
    files = {"x": x, "y": y, "allx": allx, "ally": ally, "tx": tx, "ty": ty}
    parts = {role: _matrix(path) for role, path in files.items()}
    at = _positions(test_index)
    _check_sizes(parts, at, files)
    known, size = len(parts["allx"]), max(len(parts["allx"]), int(at.max()) + 1)
    features = np.zeros((size, parts["allx"].shape[1]), dtype=np.float32)
    features[:known], features[at] = parts["allx"], parts["tx"]
    classes = np.full(size, -1)
    classes[:known], classes[at] = _classes(parts["ally"]), _classes(parts["ty"])
    ties = _ties(graph, size)
    num_features, num_classes = features.shape[1], parts["ally"].shape[1]
    network = Network(
        name=name,
        node_names=[str(node) for node in range(size)],
        ties=torch.from_numpy(ties),
        labels=[None if c < 0 else c for c in classes.tolist()],
        given=(torch.from_numpy(features), [str(i) for i in range(num_features)]),
        report={"classes": num_classes},
    )
    masks = _masks(size, len(parts["y"]), at)
    rules = Rules("merge", self_loops, isolated, unlabelled)
    return to_data(network, caller=_CALLER, rules=rules, masks=masks)


def _masks(size: int, num_train: int, test: np.ndarray) -> Mapping[str, torch.Tensor]:
    where = {
        "train_mask": np.arange(num_train),
        "val_mask": np.arange(num_train, num_train + NUM_VAL),
        "test_mask": test,
    }
    masks = {part: torch.zeros(size, dtype=torch.bool) for part in where}
    for part, rows in where.items():
        masks[part][torch.from_numpy(rows)] = True
    return masks


def _matrix(path: Path) -> np.ndarray:
    found: Any = read_pickle(path, encoding="latin1")
    found = found.toarray() if hasattr(found, "toarray") else found
    good = (
        isinstance(found, np.ndarray) and found.ndim == 2 and found.dtype.kind in "fiub"
    )
    rule = "the file must hold a matrix of numbers"
    check(good, _CALLER, rule, {"file": path.name, "type": type(found).__name__})
    rule = "a feature or class must be a finite number"
    check(bool(np.isfinite(found).all()), _CALLER, rule, {"file": path.name})
    return found


def _positions(path: Path) -> np.ndarray:
    table = read_table(path, header=False)
    for row in table.rows:
        value = number(row.cells[0])
        good = value is not None and value.is_integer() and 0 <= value < 1 << 31
        given = {"file": path.name, "line": row.line, "value": row.cells[0]}
        check(good, _CALLER, "a position must be an integer from 0", given)
    found = np.array([int(float(row.cells[0])) for row in table.rows], dtype=np.int64)
    rule = "a position is there twice"
    check(len(np.unique(found)) == len(found), _CALLER, rule, {"file": path.name})
    return found


def _check_sizes(
    parts: Mapping[str, np.ndarray], at: np.ndarray, files: Mapping[str, Path]
) -> None:
    for first, second, axis in (
        *(("x", "y", 0), ("allx", "ally", 0), ("tx", "ty", 0)),
        *(("x", "allx", 1), ("tx", "allx", 1), ("y", "ally", 1), ("ty", "ally", 1)),
    ):
        sizes = [parts[role].shape[axis] for role in (first, second)]
        given = {files[first].name: sizes[0], files[second].name: sizes[1]}
        kind = "rows" if axis == 0 else "columns"
        rule = f"two files must have as many {kind}; they are not of one dataset"
        check(sizes[0] == sizes[1], _CALLER, rule, given)
    num_train, known = len(parts["x"]), len(parts["allx"])
    given = {
        "x": num_train,
        "allx": known,
        "tx": len(parts["tx"]),
        "test_index": len(at),
    }
    rule = "test_index must have a position for each row of tx, all of them after allx"
    right = len(at) == len(parts["tx"]) > 0 and int(at.min()) >= known
    check(right and int(at.max()) < known + 100 * len(at), _CALLER, rule, given)
    rule = f"allx must hold the training rows and {NUM_VAL} to choose the model"
    check(num_train + NUM_VAL <= known, _CALLER, rule, given)


def _classes(one_hot: np.ndarray) -> np.ndarray:
    return np.where(one_hot.any(1), one_hot.argmax(1), -1)


def _ties(path: Path, size: int) -> np.ndarray:
    found = read_pickle(path, encoding="latin1")
    rule = "the graph must be a dict with a list of neighbours per node"
    check(isinstance(found, dict), _CALLER, rule, {"file": path.name})
    ends: list[tuple[int, int]] = []
    for node, neighbours in found.items():
        given = {"file": path.name, "node": node}
        check(isinstance(neighbours, list), _CALLER, rule, given)
        for other in neighbours:
            good = all(type(e) is int and 0 <= e < size for e in (node, other))
            given = {"file": path.name, "node": node, "neighbour": other, "nodes": size}
            check(good, _CALLER, "a neighbour is none of the nodes", given)
            ends.append((node, other))
    return np.array(ends, dtype=np.int64).reshape(-1, 2).T.copy()

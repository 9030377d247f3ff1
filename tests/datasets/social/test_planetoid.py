import contextlib
import pickle
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse
import torch
from hypothesis import given
from hypothesis import strategies as st
from mutations import fuzz, mutated

from graphattn.datasets import DataError, load
from graphattn.datasets.social import planetoid

TRAIN, KNOWN, CLASSES, WIDTH = 6, 517, 3, 5
TEST = [521, 517, 519]  # 518 and 520 are gaps, as CiteSeer has them


@pytest.fixture
def parts() -> dict[str, object]:
    generator = np.random.default_rng(0)
    allx = generator.integers(0, 2, (KNOWN, WIDTH)).astype(np.float32)
    ally = np.eye(CLASSES, dtype=np.int32)[np.arange(KNOWN) % CLASSES]
    graph = {0: [1, 1, 517], 1: [0], 5: [5], 521: [2]}
    return {
        "x": scipy.sparse.csr_matrix(allx[:TRAIN]),
        "y": ally[:TRAIN],
        "allx": scipy.sparse.csr_matrix(allx),
        "ally": ally,
        "tx": scipy.sparse.csr_matrix(np.eye(3, WIDTH, dtype=np.float32)),
        "ty": np.eye(CLASSES, dtype=np.int32),
        "graph": graph,
    }


def written(folder: Path, parts: dict[str, object], index: str = "") -> dict[str, Path]:
    paths = {role: folder / f"ind.small.{role}" for role in parts}
    for role, path in paths.items():
        path.write_bytes(pickle.dumps(parts[role], protocol=2))
    paths["test_index"] = folder / "ind.small.test.index"
    text = index or "".join(f"{row}\n" for row in TEST)
    paths["test_index"].write_text(text)
    return paths


def test_test_rows_go_to_their_places_and_gaps_are_in_no_part(tmp_path, parts):
    data = planetoid.read(**written(tmp_path, parts), name="small")
    assert data.num_nodes == 522
    assert data.x[[521, 517, 519]].tolist() == torch.eye(3, WIDTH).tolist()
    assert data.x[[518, 520]].abs().sum() == 0
    assert data.y[517:].tolist() == [1, -1, 2, -1, 0]
    assert data.train_mask.nonzero().view(-1).tolist() == list(range(TRAIN))
    assert data.val_mask.nonzero().view(-1).tolist() == list(range(TRAIN, 506))
    assert data.test_mask.nonzero().view(-1).tolist() == [517, 519, 521]
    edges = [[0, 1], [0, 517], [1, 0], [2, 521], [517, 0], [521, 2]]
    assert data.edge_index.t().tolist() == edges
    assert data.report["self_loops"] == 1
    assert data.report["merged_ties"] == 2
    assert data.report["unlabelled"] == ["518", "520"]


def test_gaps_can_be_dropped(tmp_path, parts):
    data = planetoid.read(**written(tmp_path, parts), name="small", unlabelled="drop")
    assert data.num_nodes == 520
    assert data.test_mask.sum() == 3
    assert data.y.min() == 0


@pytest.mark.parametrize(
    ("change", "index", "rule"),
    [
        ({"tx": np.eye(2, WIDTH)}, "", "as many rows"),
        ({"tx": np.eye(3, WIDTH + 1)}, "", "as many columns"),
        ({"graph": {0: [522]}}, "", "none of the nodes"),
        ({"graph": {0: ["1"]}}, "", "none of the nodes"),
        ({"graph": [1]}, "", "a dict with a list"),
        ({"allx": [1]}, "", "a matrix of numbers"),
        ({}, "517\n518\n", "a position for each row of tx"),
        ({}, "1\n518\n519\n", "a position for each row of tx"),
        ({}, "517\n518\n99999999\n", "a position for each row of tx"),
        ({}, "517\n518\n518\n", "a position is there twice"),
        ({}, "517\nx\n518\n", "must be an integer"),
        ({"graph": print}, "", "reading it could run"),
    ],
)
def test_files_that_do_not_fit_are_refused(tmp_path, parts, change, index, rule):
    with pytest.raises(DataError, match=rule):
        planetoid.read(**written(tmp_path, parts | change, index), name="small")


@fuzz
@given(st.data())
def test_only_its_own_error_comes_out_of_mutated_files(tmp_path, parts, data):
    paths = written(tmp_path, parts)
    for role in data.draw(st.sets(st.sampled_from(sorted(paths)), min_size=1)):
        paths[role].write_bytes(data.draw(mutated(paths[role].read_bytes())))
    with contextlib.suppress(DataError):
        found = planetoid.read(**paths, name="small")
        assert len(found.y) == found.num_nodes


def test_cora_is_what_others_read(data_folder):
    data = load("cora")
    assert data.num_edges == 10556
    assert data.is_undirected()
    assert data.y[data.train_mask].bincount().tolist() == [20] * 7
    assert data.y.bincount().tolist() == [351, 217, 418, 818, 426, 298, 180]

from contextlib import suppress

import numpy as np
import pytest
import scipy.sparse
from hypothesis import given
from hypothesis import strategies as st
from mutations import fuzz

from graphattn.datasets import DataError, load


def saved(path, rows, **options):
    matrix = scipy.sparse.csr_matrix(np.array(rows, dtype=float))
    scipy.sparse.save_npz(path, matrix, **options)
    return path


def test_a_symmetric_matrix_is_an_undirected_network(tmp_path):
    path = saved(tmp_path / "a.npz", [[0, 1, 0], [1, 1, 0], [0, 0, 0]])
    data = load(path)
    assert data.edge_index.tolist() == [[0, 1, 1], [1, 0, 1]]
    assert data.report["isolated"] == ["2"]
    assert data.report["ties"] == 2
    assert "edge_weight" not in data
    assert load(path, isolated="drop").num_nodes == 2


def test_others_are_directed_and_entries_are_weights(tmp_path):
    path = saved(tmp_path / "a.npz", [[0, 2], [0, 0.5]])
    data = load(path)
    assert data.edge_index.tolist() == [[0, 1], [1, 1]]
    assert data.edge_weight.tolist() == [2, 0.5]
    assert load(path, directed=False).edge_weight.tolist() == [2, 2, 0.5]


@pytest.mark.parametrize(
    ("rows", "rule"),
    [([[0, 1]], "as many rows as columns"), ([[0, np.nan], [0, 0]], "column = 1")],
)
def test_a_matrix_that_is_no_adjacency_is_refused(tmp_path, rows, rule):
    with pytest.raises(DataError, match=rule):
        load(saved(tmp_path / "a.npz", rows))


def test_objects_are_not_unpickled(tmp_path):
    np.savez(tmp_path / "a.npz", data=np.array([print], dtype=object))
    with pytest.raises(DataError, match="no sparse matrix"):
        load(tmp_path / "a.npz")


@fuzz
@given(st.integers(0, 9999), st.binary(min_size=1, max_size=4), st.booleans())
def test_only_its_own_error_comes_out_of_mutated_files(tmp_path, at, new, packed):
    path = saved(tmp_path / "a.npz", [[0, 1], [1, 0]], compressed=packed)
    content = path.read_bytes()
    at %= len(content)
    path.write_bytes(content[:at] + new + content[at + len(new) :])
    with suppress(DataError):
        load(path)

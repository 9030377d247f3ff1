import collections
import os
import pickle
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse

from graphattn.datasets import DataError
from graphattn.datasets.pickles import read_pickle

DATA = {
    "array": np.arange(6.0).reshape(2, 3),
    "strided": np.arange(12).reshape(3, 4)[:, ::2],
    "objects": np.array([[1], None, "a"], dtype=object),
    "scalar": np.float32(3.5),
    "lists": collections.defaultdict(list, {1: [2, 3], "a": [(4.5, None, True)]}),
    "ordered": collections.OrderedDict(a={1, 2}, b=frozenset([3]), c=1 + 2j, d=b"x"),
}


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_arrays_and_plain_containers_come_back(protocol, write):
    path = write("data.pickle", pickle.dumps(DATA, protocol))
    got = read_pickle(path)
    assert {key: repr(value) for key, value in got.items()} == {
        key: repr(value) for key, value in DATA.items()
    }


@pytest.mark.parametrize("kind", ["csr_matrix", "csc_matrix", "csr_array"])
def test_sparse_matrices_come_back_and_are_checked(kind, write):
    want = getattr(scipy.sparse, kind)(np.eye(3, 5))
    got = read_pickle(write("m.pickle", pickle.dumps(want)))
    assert type(got) is type(want)
    assert (got != want).nnz == 0
    want.indices[0] = 99
    with pytest.raises(DataError, match="damaged"):
        read_pickle(write("m.pickle", pickle.dumps(want)))


class Runs:
    def __reduce__(self):
        return os.system, ("true",)


@pytest.mark.parametrize(
    ("value", "named"),
    [
        (Runs(), "posix.system"),
        (Path("a"), "pathlib.PosixPath"),
        (eval, "builtins.eval"),
        (np.load, "numpy.load"),
        (getattr, "builtins.getattr"),
        (np.random.RandomState, "numpy.random.mtrand.RandomState"),
    ],
)
def test_any_other_class_is_refused_by_name(value, named, write):
    with pytest.raises(DataError, match=f"names {named}.*\n.*bad.pickle"):
        read_pickle(write("bad.pickle", pickle.dumps(value)))


def test_a_pickle_cannot_change_the_classes_it_names(write):
    # BUILD with a pair of states sets attributes of whatever is on the stack.
    raw = b"\x80\x02cscipy.sparse\ncsr_matrix\n}X\x07\x00\x00\x00toarrayK\x01s}\x86b."
    raw = raw.replace(b"}X", b"NX", 1)
    with pytest.raises(DataError):
        read_pickle(write("bad.pickle", raw))
    assert callable(scipy.sparse.csr_matrix.toarray)


def test_a_pickle_cannot_change_a_type_of_numbers(write):
    raw = pickle.dumps(np.dtype(">i4"), 2)
    assert read_pickle(write("dtype.pickle", raw)) == np.dtype(">i4")
    items = raw.replace(b"J\xff\xff\xff\xffJ", b"J\x00\x10\x00\x00J", 1)
    names = raw.replace(b"NNN", b"NNK\x05", 1)
    for damaged in (items, names):
        assert damaged != raw
        with pytest.raises(DataError, match="is no state of"):
            read_pickle(write("bad.pickle", damaged))


@pytest.mark.parametrize("kind", ["V8", "O,O", "i4,i4", "M8[s]"])
def test_arrays_of_records_and_others_are_refused(kind, write):
    raw = pickle.dumps(np.zeros(3, kind))
    with pytest.raises(DataError, match="damaged"):
        read_pickle(write("bad.pickle", raw))


@pytest.mark.parametrize("raw", [b"", b"text", pickle.dumps(DATA)[:-20], b"\x80\x02R."])
def test_damage_is_a_clear_error(raw, write):
    with pytest.raises(DataError, match="damaged"):
        read_pickle(write("bad.pickle", raw))


def test_the_planetoid_files_of_python_2_are_read(data_folder):
    folder = Path(data_folder) / "planetoid_cora"
    if not folder.is_dir():
        pytest.skip("GRAPHATTN_DATA has no planetoid_cora")
    parts = {
        part: read_pickle(folder / f"ind.cora.{part}", encoding="latin1")
        for part in ("x", "y", "tx", "ty", "allx", "ally", "graph")
    }
    assert parts["allx"].shape == (1708, 1433)
    assert parts["ty"].shape == (1000, 7)
    assert sum(map(len, parts["graph"].values())) == 10858


def body(value: object) -> bytes:
    """Returns the opcodes that make a value."""
    return pickle.dumps(value, 2)[2:-1]


def state(index: int) -> dict[str, object]:
    return {
        "data": np.ones(1),
        "indices": np.array([index], np.int32),
        "indptr": np.array([0, 1], np.int32),
        "_shape": (1, 2),
    }


MATRIX = b"\x80\x02cscipy.sparse\ncsr_matrix\n"
PARTS = tuple(state(1 << 30)[name] for name in ("data", "indices", "indptr"))


@pytest.mark.parametrize(
    "raw",
    [
        MATRIX + b")\x81" + body(state(0)) + b"b" + body(state(1 << 30)) + b"b.",
        MATRIX + body((PARTS, (1, 2))) + b"R.",
        MATRIX + b")\x81.",
        MATRIX + b".",
        MATRIX + b")\x81" + body(state(0)) + b"b" + body((0, 1)) + body(2.0) + b"s.",
        MATRIX + b")\x81" + body(state(0)) + b"b(" + body((0, 1)) + body(2.0) + b"u.",
        MATRIX + b")\x81" + body(state(0)) + b"b" + body(2.0) + b"a.",
        MATRIX + b")\x81" + body(state(0)) + b"b(" + body(2.0) + b"e.",
    ],
    ids=[
        "a second state",
        "a call",
        "no state",
        "a class",
        "an item",
        "items",
        "an append",
        "appends",
    ],
)
def test_a_matrix_is_made_of_one_checked_state(raw, write):
    good = MATRIX + b")\x81" + body(state(0)) + b"b."
    assert read_pickle(write("m.pickle", good)).nnz == 1
    with pytest.raises(DataError, match="damaged"):
        read_pickle(write("m.pickle", raw))

"""Pickles that hold arrays, sparse matrices and plain containers, and no code."""

import io
import pickle
from collections import OrderedDict, defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np

from graphattn.datasets.errors import DataError
from graphattn.datasets.extras import need

_CALLER = "datasets.load"


def read_pickle(
    path: Path, *, encoding: Literal["ASCII", "latin1", "bytes"] = "ASCII"
) -> Any:
    """Reads a pickle of arrays, sparse matrices and plain containers.

    Sparse matrices are checked: no index lies outside of their shape.

    Args:
        path: The file.
        encoding: Of the strings of Python 2; "latin1" where it wrote arrays.

    Raises:
        DataError: The pickle names any other class, or is damaged.
    """
    reader = _Restricted(io.BytesIO(path.read_bytes()), encoding=encoding)
    reader.file = path.name
    try:
        return reader.load()
    except (DataError, ImportError):
        raise
    except Exception as error:  # an unpickler raises whatever its opcodes run into
        raise DataError(
            f"{_CALLER}: the pickle is damaged: {type(error).__name__}: {error}. Got:\n"
            f"  file = {path.name!r}"
        ) from None


def _encode(text: str, encoding: str) -> bytes:
    # How a protocol 2 pickle of Python 3 holds bytes; other codecs would decompress.
    if encoding != "latin1":
        raise ValueError(f"bytes are encoded as {encoding}")
    return text.encode(encoding)


def _array(
    buffer: bytes, dtype: np.dtype, shape: tuple[int, ...], order: Any
) -> np.ndarray:
    return np.frombuffer(buffer, dtype=dtype).reshape(shape, order=order)


_RECONSTRUCT, _SCALAR = (value.__reduce__()[0] for value in (np.ones(1), np.int8(1)))
_HOMES = ("numpy.core", "numpy._core")
_PLAIN: Mapping[tuple[str, str], object] = {
    (module, kind.__name__): kind
    for module in ("builtins", "__builtin__")
    for kind in (list, dict, tuple, set, frozenset, int, float, bool, complex, str)
} | {
    ("collections", "OrderedDict"): OrderedDict,
    ("collections", "defaultdict"): defaultdict,
    ("_codecs", "encode"): _encode,
    ("numpy", "ndarray"): np.ndarray,
    ("numpy", "dtype"): np.dtype,
    **{(f"{home}.multiarray", "_reconstruct"): _RECONSTRUCT for home in _HOMES},
    **{(f"{home}.multiarray", "scalar"): _SCALAR for home in _HOMES},
    **{(f"{home}.numeric", "_frombuffer"): _array for home in _HOMES},
}
_SPARSE = {
    f"{layout}_{kind}" for layout in ("csr", "csc") for kind in ("matrix", "array")
}


class _Restricted(pickle.Unpickler):
    """Finds the classes of data, and refuses all others by name."""

    file = ""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _PLAIN:
            return _PLAIN[module, name]
        if module.startswith("scipy.sparse") and name in _SPARSE:
            return _checked_sparse(getattr(need("scipy.sparse", "app"), name))
        raise DataError(
            f"{_CALLER}: the pickle names {module}.{name}, and reading it could run "
            "anything; only numpy arrays, scipy's csr and csc matrices and plain "
            f"containers are read. Got:\n  file = {self.file!r}"
        )


def _checked_sparse(kind: type) -> type:
    # A class of its own for each: a pickle can set attributes of the classes it names.
    def restore(self: Any, state: dict[str, Any]) -> None:
        arrays = tuple(state[name] for name in ("data", "indices", "indptr"))
        shape = state.get("_shape", state.get("shape"))
        whole = kind(arrays, shape=shape, copy=True)
        whole.check_format(full_check=True)
        self.__dict__.update(whole.__dict__)
        self.__class__ = kind

    return type(kind.__name__, (kind,), {"__setstate__": restore})

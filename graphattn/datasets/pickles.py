"""Pickles that hold arrays, sparse matrices and plain containers, and no code."""

import io
import math
import pickle
import re
from collections import OrderedDict, defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal, cast

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
        found = reader.load()
        if isinstance(found, type) or _is_unfinished(found):
            raise ValueError("a matrix has no state")
    except (DataError, ImportError):
        raise
    except Exception as error:  # an unpickler raises whatever its opcodes run into
        raise DataError(
            f"{_CALLER}: the pickle is damaged: {type(error).__name__}: {error}. Got:\n"
            f"  file = {path.name!r}"
        ) from None
    return found


def _is_unfinished(what: Any) -> bool:
    """Whether this is a sparse matrix whose state is yet to come, and to be checked."""
    return type(what).__name__ in _SPARSE and hasattr(what, "__setstate__")


def _encode(text: str, encoding: str) -> bytes:
    # How a protocol 2 pickle of Python 3 holds bytes; other codecs would decompress.
    if encoding != "latin1":
        raise ValueError(f"bytes are encoded as {encoding}")
    return text.encode(encoding)


def _array(
    buffer: bytes, dtype: np.dtype, shape: tuple[int, ...], order: Any
) -> np.ndarray:
    return np.frombuffer(buffer, dtype=dtype).reshape(shape, order=order)


def _dtype(kind: str, *_: object) -> np.dtype:
    # No text: NumPy does not look whether its numbers are characters. And a copy, as
    # what a pickle does to it must not reach NumPy's own.
    if not re.fullmatch(r"[<>|=]?[biufcOS?]\d{0,5}", kind):
        raise ValueError(f"arrays of {kind!r} are not read")
    return np.dtype(kind, copy=True)


def _check_array(array: np.ndarray, state: Any) -> None:
    """Lets a pickle fill a new array with as much as it holds, and nothing else."""
    _, shape, dtype, in_columns, content = state
    numbers = (*shape, in_columns)
    sound = (
        array.size == 0
        and type(shape) is tuple
        and isinstance(dtype, np.dtype)
        and all(type(number) in (int, bool) and number >= 0 for number in numbers)
        and type(content) in ((list,) if dtype.hasobject else (bytes, str))
        and len(content)
        == math.prod(shape) * (1 if dtype.hasobject else dtype.itemsize)
    )
    if not sound:
        raise ValueError("an array's content does not fit its shape and type")


def _check_dtype(dtype: np.dtype, state: Any) -> None:
    """Lets a pickle set the order of bytes of a type, and nothing else."""
    _, order, *parts, size, alignment, flags = state[:8]
    sizes = (-1, -1), (dtype.itemsize, dtype.alignment)
    plain = (
        order in ("<", ">", "|", "=")
        and parts == [None, None, None]
        and (size, alignment) in sizes
        and flags == dtype.flags
        and not any(state[8:])
    )
    if not plain:
        raise ValueError(f"{state!r} is no state of {dtype}")


def _check_container(what: Any, kind: type) -> None:
    """Lets a pickle put items into plain containers alone, not into a matrix."""
    if not isinstance(what, kind):
        raise ValueError(f"items are put into {type(what).__name__}")


def _scalar(dtype: np.dtype, value: bytes) -> Any:
    return np.frombuffer(value, dtype).copy()[0]


class _Array:
    """Stands for arrays where a pickle says what to make."""


def _new_array(*_: object) -> np.ndarray:
    return np.empty(0)


_HOMES = ("numpy.core", "numpy._core")
_PLAIN: Mapping[tuple[str, str], object] = {
    (module, kind.__name__): kind
    for module in ("builtins", "__builtin__")
    for kind in (list, dict, tuple, set, frozenset, int, float, bool, complex, str)
} | {
    ("collections", "OrderedDict"): OrderedDict,
    ("collections", "defaultdict"): defaultdict,
    ("_codecs", "encode"): _encode,
    ("numpy", "ndarray"): _Array,
    ("numpy", "dtype"): _dtype,
    **{(f"{home}.multiarray", "_reconstruct"): _new_array for home in _HOMES},
    **{(f"{home}.multiarray", "scalar"): _scalar for home in _HOMES},
    **{(f"{home}.numeric", "_frombuffer"): _array for home in _HOMES},
}
_SPARSE = {
    f"{layout}_{kind}" for layout in ("csr", "csc") for kind in ("matrix", "array")
}


# Of Python's library, but unknown to type checkers.
_Unpickler = cast("Any", vars(pickle)["_Unpickler"])


class _Restricted(_Unpickler):
    """Finds the classes of data, and refuses all others by name.

    Python's own, in Python: the one in C cannot look at what a state is set on, and
    NumPy takes from the state of a type what lets arrays reach beyond their memory.
    """

    file = ""
    dispatch: ClassVar[dict[int, Any]] = dict(_Unpickler.dispatch)

    def load_build(self) -> None:
        state, what = self.stack[-1], self.stack[-2]
        if isinstance(what, np.dtype):
            _check_dtype(what, state)
        elif isinstance(what, np.ndarray):
            _check_array(what, state)
        elif type(what).__name__ in _SPARSE and not _is_unfinished(what):
            raise ValueError("a sparse matrix has two states")
        super().load_build()

    def load_setitem(self) -> None:
        _check_container(self.stack[-3], dict)
        super().load_setitem()

    def load_setitems(self) -> None:
        _check_container(self.metastack[-1][-1], dict)
        super().load_setitems()

    def load_append(self) -> None:
        _check_container(self.stack[-2], list)
        super().load_append()

    def load_appends(self) -> None:
        _check_container(self.metastack[-1][-1], list)
        super().load_appends()

    dispatch |= {
        pickle.BUILD[0]: load_build,
        pickle.SETITEM[0]: load_setitem,
        pickle.SETITEMS[0]: load_setitems,
        pickle.APPEND[0]: load_append,
        pickle.APPENDS[0]: load_appends,
    }

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

    def refuse(self: Any, *_: object, **__: object) -> None:
        raise ValueError("a sparse matrix is made of its state alone")

    return type(kind.__name__, (kind,), {"__setstate__": restore, "__init__": refuse})

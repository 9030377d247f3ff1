"""Packs what a call passes into the flat records that the C interface takes.

A record is a run of 8-byte fields; `_FIELDS` is the order of `struct Args` in
`src/args.h`, and the library refuses a record of another size.
"""

import ctypes
import struct
from collections.abc import Sequence

import torch
from torch import Tensor

from graphattn._errors import require
from graphattn.ops.native.library import library

DOT, ADDITIVE, GAT = 0, 1, 2
_DTYPES = {
    torch.float32: 0,
    torch.float64: 1,
    torch.float16: 2,
    torch.bfloat16: 3,
}
_NO_MEMORY = 1
_DOUBLES = ("scale", "negative_slope", "dropout")
_FIELDS = (
    *("score", "backward", "dtype", "threads"),
    *("heads", "score_width", "value_width", "edge_width", "mask_width"),
    *("num_targets", "num_sources", "num_edges", "activation"),
    *(*_DOUBLES, "seed"),
    *("rowptr", "col", "perm", "colptr", "row", "csc_perm"),
    *("first_source", "first_target"),
    *("query", "query_stride", "key", "key_stride", "value", "value_stride"),
    *("edge_query", "edge_query_stride", "weight", "edge_key_weight"),
    *("edge_attr", "edge_bias", "edge_score", "edge_mask"),
    *("out", "edge_out", "logsumexp"),
    *("grad_out", "grad_edge_out", "grad_logsumexp"),
    *("d_query", "d_key", "d_value", "d_edge_query", "d_weight"),
    *("d_edge_key_weight", "d_edge_attr", "d_edge_bias", "d_edge_score"),
)
_POSITION = {name: place for place, name in enumerate(_FIELDS)}
_RECORD = struct.Struct("".join("d" if name in _DOUBLES else "q" for name in _FIELDS))
_STRUCTURE = ("rowptr", "col", "perm", "colptr", "row", "csc_perm")


class Record:
    """One call's arguments. Keeps the tensors it points into alive."""

    def __init__(self, score: int, like: Tensor) -> None:
        """Starts a record.

        Args:
            score: `DOT`, `ADDITIVE` or `GAT`.
            like: A tensor of the type that all floating inputs have.
        """
        require(
            like.dtype in _DTYPES,
            "graphattn",
            "the native kernels take float16, bfloat16, float32 and float64",
            {"dtype": like.dtype},
        )
        self.dtype = like.dtype
        self._values: list[float] = [0] * len(_FIELDS)
        self._alive: list[Tensor] = []
        self.set(
            score=score, dtype=_DTYPES[like.dtype], threads=torch.get_num_threads()
        )

    def set(self, **values: int | float) -> None:
        """Writes plain numbers."""
        for name, value in values.items():
            self._values[_POSITION[name]] = value

    def point(self, name: str, tensor: Tensor | None) -> None:
        """Points a field at a tensor, made contiguous; null without one."""
        if tensor is not None:
            self._point(name, tensor.contiguous())

    def edge(self, name: str, tensor: Tensor | None) -> None:
        """Points a field at a contiguous tensor of the inputs' type."""
        if tensor is not None:
            self._check(name, tensor)
            self._point(name, tensor.contiguous())

    def rows(self, name: str, tensor: Tensor | None) -> None:
        """Points a field at rows that may lie apart, each in one piece."""
        if tensor is None:
            return
        self._check(name, tensor)
        if not _rows_in_one_piece(tensor):
            tensor = tensor.contiguous()
        self._point(name, tensor)
        self._values[_POSITION[name + "_stride"]] = tensor.stride(0)

    def structure(self, tensors: Sequence[Tensor], num_sources: int) -> None:
        """Points at the six tensors that `graphattn::compress` returns."""
        for name, tensor in zip(_STRUCTURE, tensors, strict=True):
            assert tensor.dtype == torch.int32
            self._point(name, tensor.contiguous())
        self.set(
            num_targets=tensors[0].shape[0] - 1,
            num_sources=num_sources,
            num_edges=tensors[1].shape[0],
        )

    def edges(
        self, edge_attr: Tensor | None, edge_bias: Tensor | None, mask: Tensor | None
    ) -> None:
        """Points at what every score takes on its edges."""
        self.edge("edge_attr", edge_attr)
        self.edge("edge_bias", edge_bias)
        self.point("edge_mask", mask)
        if edge_attr is not None:
            self.set(edge_width=edge_attr.shape[1])
        if mask is not None:
            self.set(mask_width=mask.shape[1])

    def dropping(self, dropout: float, seed: Tensor | None) -> None:
        """Sets the dropout; None as seed drops nothing."""
        self.set(dropout=dropout)
        self.point("seed", seed)

    def outputs(self, num_targets: int, heads: int, value: Tensor) -> list[Tensor]:
        """Makes the three outputs of a forward pass and points at them."""
        edge_width = int(self._values[_POSITION["edge_width"]])
        wide = torch.float64 if self.dtype == torch.float64 else torch.float32
        found = [
            value.new_empty(num_targets, heads, value.shape[2]),
            value.new_empty(num_targets, heads, edge_width),
            value.new_empty(num_targets, heads, dtype=wide),
        ]
        for name, tensor in zip(("out", "edge_out", "logsumexp"), found, strict=True):
            self._point(name, tensor)
        return found

    def saved(self, grads: Sequence[Tensor], outputs: Sequence[Tensor]) -> None:
        """Points at the outputs of a forward pass and at their gradients."""
        self.set(backward=1)
        names = ("out", "edge_out", "logsumexp")
        for name, output, grad in zip(names, outputs, grads, strict=True):
            self._point(name, output.contiguous())
            assert grad.dtype == output.dtype
            self._point("grad_" + name, grad.contiguous())

    def gradient(self, name: str, of: Tensor | None, wanted: bool = True) -> Tensor:
        """Makes the gradient of an input and points at it; empty where not wanted."""
        if of is None or not wanted:
            return torch.empty(0, dtype=self.dtype)
        grad = torch.empty(of.shape, dtype=self.dtype)
        self._point("d_" + name, grad)
        return grad

    def run(self) -> None:
        """Calls the kernel."""
        packed = _RECORD.pack(*self._values)
        check(library().graphattn_attention(packed, ctypes.c_int64(len(packed))))

    def run_gather_bound(self) -> float:
        """Only reads the rows of key and value; returns a sum of theirs."""
        packed, total = _RECORD.pack(*self._values), ctypes.c_double()
        size = ctypes.c_int64(len(packed))
        check(
            library().graphattn_gather_bound(packed, size, ctypes.byref(total)),
        )
        return total.value

    def _point(self, name: str, tensor: Tensor) -> None:
        self._alive.append(tensor)
        self._values[_POSITION[name]] = tensor.data_ptr()

    def _check(self, name: str, tensor: Tensor) -> None:
        require(
            tensor.dtype == self.dtype,
            "graphattn",
            "all floating inputs must have one dtype",
            {name: tensor, "dtype": self.dtype},
        )


def _rows_in_one_piece(tensor: Tensor) -> bool:
    if tensor.dim() == 2:
        return tensor.shape[1] <= 1 or tensor.stride(1) == 1
    width = tensor.shape[2]
    return (width <= 1 or tensor.stride(2) == 1) and (
        tensor.shape[1] <= 1 or tensor.stride(1) == width
    )


def check(status: int) -> None:
    """Raises `MemoryError` where a kernel could not allocate its buffers."""
    if status == _NO_MEMORY:
        raise MemoryError("graphattn: not enough memory for a kernel's buffers")
    assert status == 0, status

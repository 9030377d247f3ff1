"""Shortest paths by the compiled library."""

import ctypes
import struct

import torch
from torch import Tensor

from graphattn.ops.native.binding import check
from graphattn.ops.native.library import library

# `struct PathsArgs` in `graphattn/ops/native/src/paths.h`.
_RECORD = struct.Struct("12q")


def find_paths(
    colptr: Tensor,
    row: Tensor,
    csc_perm: Tensor,
    source: Tensor,
    target: Tensor,
    most: int,
    width: int | None,
) -> tuple[Tensor, Tensor | None]:
    """See `graphattn.ops.paths.op`."""
    source, target = source.int().contiguous(), target.int().contiguous()
    num_pairs = len(source)
    distance = torch.empty(num_pairs, dtype=torch.int32)
    edges = None
    if width is not None:
        edges = torch.empty(num_pairs, width, dtype=torch.int32)
    tensors = (colptr, row, csc_perm, source, target, distance)
    packed = _RECORD.pack(
        *(len(colptr) - 1, num_pairs, most, width or 0, torch.get_num_threads()),
        *(tensor.data_ptr() for tensor in tensors),
        0 if edges is None else edges.data_ptr(),
    )
    check(library().graphattn_find_paths(packed, ctypes.c_int64(_RECORD.size)))
    return distance, edges

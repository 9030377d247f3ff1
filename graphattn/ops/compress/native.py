"""The compressed view by a compiled counting sort."""

import ctypes
import struct

import torch
from torch import Tensor

from graphattn.ops.compress.portable import check_fits, refuse
from graphattn.ops.native.binding import check
from graphattn.ops.native.library import library

# `struct CompressArgs` in `graphattn/ops/native/src/compress.h`.
_RECORD = struct.Struct("16q")
_BAD_ARGUMENTS = 2
_ENDS = {1: "source", 2: "target"}


def compress(
    edge_index: Tensor, num_sources: int, num_targets: int
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]:
    """See `graphattn.ops.compress.portable.compress`."""
    check_fits(edge_index.shape[1], num_sources, num_targets)
    source, target = edge_index[0].contiguous(), edge_index[1].contiguous()
    num_edges = source.shape[0]
    rowptr, col, perm = _ints(num_targets + 1), _ints(num_edges), _ints(num_edges)
    colptr, row, csc_perm = _ints(num_sources + 1), _ints(num_edges), _ints(num_edges)
    found = (rowptr, col, perm, colptr, row, csc_perm)
    packed = ctypes.create_string_buffer(
        _RECORD.pack(
            *(edge_index.element_size(), torch.get_num_threads()),
            *(num_edges, num_sources, num_targets),
            *(source.data_ptr(), target.data_ptr()),
            *(tensor.data_ptr() for tensor in found),
            *(0, 0, 0),
        ),
        _RECORD.size,
    )
    status = library().graphattn_compress(packed, ctypes.c_int64(_RECORD.size))
    if status == _BAD_ARGUMENTS:
        end, edge, node = _RECORD.unpack(packed.raw)[-3:]
        refuse(_ENDS[end], edge, node, num_sources if end == 1 else num_targets)
    check(status)
    return found


def _ints(size: int) -> Tensor:
    return torch.empty(size, dtype=torch.int32)

"""Full attention within ragged sets, by the compiled dot kernel.

A query's keys are consecutive rows, so no list of pairs is made: the kernel is told
where each range begins. Too many pairs for its 31-bit counts run the portable way.
"""

import ctypes
import struct
from typing import NamedTuple

import torch
from torch import Tensor

from graphattn.ops.full import portable
from graphattn.ops.native.binding import DOT, Record, check
from graphattn.ops.native.library import library

# `struct RangesArgs` in `graphattn/ops/native/src/ranges.h`.
_RECORD = struct.Struct("10q")
_TOO_MANY = 3


class Ranges(NamedTuple):
    """Where each row's pairs begin and its first neighbour, both ways; 0, 1, 2, ..."""

    rowptr: Tensor
    first_source: Tensor
    colptr: Tensor
    first_target: Tensor
    count: Tensor


def find_ranges(
    ptr_query: Tensor, ptr_key: Tensor, num_queries: int, num_keys: int, causal: bool
) -> Ranges | None:
    """Returns each row's range of neighbours, or None where there are too many."""
    ptr_query, ptr_key = ptr_query.contiguous(), ptr_key.contiguous()
    most = max(num_queries, num_keys)
    sizes = (num_queries + 1, num_queries, num_keys + 1, num_keys, most)
    found = Ranges(*(torch.empty(size, dtype=torch.int32) for size in sizes))
    packed = _RECORD.pack(
        *(len(ptr_query) - 1, causal, ptr_query.data_ptr(), ptr_key.data_ptr()),
        *(tensor.data_ptr() for tensor in found),
        most,
    )
    status = library().graphattn_find_ranges(packed, ctypes.c_int64(_RECORD.size))
    if status == _TOO_MANY:
        return None
    check(status)
    return found


def _record(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    ranges: Ranges,
    scale: float,
    dropout: float,
    seed: Tensor | None,
) -> Record:
    record = Record(DOT, query)
    record.rows("query", query)
    record.rows("key", key)
    record.rows("value", value)
    for name in ("rowptr", "first_source", "colptr", "first_target"):
        record.point(name, getattr(ranges, name))
    record.point("col", ranges.count)
    record.point("row", ranges.count)
    record.dropping(dropout, seed)
    record.set(
        num_targets=len(query),
        num_sources=len(key),
        num_edges=int(ranges.rowptr[-1]),
        heads=query.shape[1],
        score_width=query.shape[2],
        value_width=value.shape[2],
        scale=scale,
    )
    return record


def forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    ptr_query: Tensor,
    ptr_key: Tensor,
    causal: bool,
    scale: float,
    dropout: float,
    seed: Tensor | None,
) -> tuple[Tensor, Tensor]:
    """See `graphattn.ops.full.portable.forward`."""
    settings = (scale, dropout, seed)
    ranges = find_ranges(ptr_query, ptr_key, len(query), len(key), causal)
    if ranges is None:
        pointers = (ptr_query, ptr_key, causal)
        return portable.forward(query, key, value, *pointers, *settings)
    record = _record(query, key, value, ranges, *settings)
    out, _, logsumexp = record.outputs(len(query), query.shape[1], value)
    record.run()
    return out, logsumexp


def backward(
    grad_out: Tensor,
    grad_logsumexp: Tensor,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    ptr_query: Tensor,
    ptr_key: Tensor,
    out: Tensor,
    logsumexp: Tensor,
    causal: bool,
    scale: float,
    dropout: float,
    seed: Tensor | None,
) -> tuple[Tensor, Tensor, Tensor]:
    """See `graphattn.ops.full.portable.backward`."""
    settings = (scale, dropout, seed)
    ranges = find_ranges(ptr_query, ptr_key, len(query), len(key), causal)
    if ranges is None:
        given = (query, key, value, ptr_query, ptr_key, out, logsumexp, causal)
        return portable.backward(grad_out, grad_logsumexp, *given, *settings)
    record = _record(query, key, value, ranges, *settings)
    nothing = query.new_empty(*query.shape[:2], 0)
    grads, outputs = (grad_out, nothing, grad_logsumexp), (out, nothing, logsumexp)
    record.saved(grads, outputs)
    found = (
        record.gradient("query", query),
        record.gradient("key", key),
        record.gradient("value", value),
    )
    record.run()
    return found

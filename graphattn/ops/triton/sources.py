# pyright: reportArgumentType=false, reportCallIssue=false
# pyright: reportOptionalSubscript=false, reportOperatorIssue=false
"""Backward over the sources' rows, and over edges: what many targets add up to."""

import triton
import triton.language as tl

from graphattn.ops.triton.forward import weight_rows
from graphattn.ops.triton.scores import additive_sum, through_activation
from graphattn.ops.triton.tiles import (
    gather,
    gather_flat,
    rows,
    share,
    slots,
    store_flat,
    store_rows,
)

SIZES = ["num_rows", "num_edges", "chunk", "num_chunks", "steps", "hub_programs"]


@triton.jit(do_not_specialize=SIZES)
def sources_kernel(
    grad_out, query, key, weight, edge_attr, edge_key_weight, weights, slot_score,
    pointers, other, perm, d_key, d_value, key_part, value_part,
    num_rows, num_edges, chunk, num_chunks, steps, hub_programs,
    scale: tl.constexpr, slope: tl.constexpr, SCORE: tl.constexpr,
    H: tl.constexpr, C: tl.constexpr, D: tl.constexpr, F: tl.constexpr,
    HP: tl.constexpr, CP: tl.constexpr, DP: tl.constexpr, ACC: tl.constexpr,
    R: tl.constexpr, E: tl.constexpr,
):  # fmt: skip
    """Writes the gradients of keys and values."""
    row, begin, size, live = share(
        pointers, num_rows, num_edges, chunk, num_chunks, steps, hub_programs, R
    )
    value_sums = tl.zeros([R, HP, DP], ACC)
    if SCORE == "gat":
        key_sums = tl.zeros([R, HP], ACC)
    else:
        key_sums = tl.zeros([R, HP, CP], ACC)
    here = None
    bend = None
    if weight is not None:
        here = rows(key, row, live, H, C, HP, CP).to(ACC)
        bend = weight_rows(weight, H, C, HP, CP, ACC)
    for first in range(0, tl.max(size, 0), E):
        at, target, edge = slots(other, perm, begin, size, first, E)
        kept = gather_flat(weights, edge, at, H, HP)
        d_score = gather_flat(slot_score, edge, at, H, HP)
        grad = gather(grad_out, target, at, H, D, HP, DP).to(ACC)
        value_sums += tl.sum(kept[:, :, :, None] * grad, 1)
        if SCORE == "gat":
            key_sums += tl.sum(d_score, 1)
        elif SCORE == "dot":
            away = gather(query, target, at, H, C, HP, CP).to(ACC)
            key_sums += tl.sum((d_score * scale)[:, :, :, None] * away, 1)
        else:
            away = gather(query, target, at, H, C, HP, CP).to(ACC)
            tile = additive_sum(
                here, away, edge, at, edge_attr, edge_key_weight,
                H, C, F, HP, CP, ACC,
            )  # fmt: skip
            d_bent = d_score[:, :, :, None] * bend[None, None, :, :]
            key_sums += tl.sum(through_activation(d_bent, tile, slope, SCORE), 1)
    unit = tl.program_id(0) * R + tl.arange(0, R)
    if tl.program_id(0) < hub_programs:
        leave(key_part, value_part, unit, live, key_sums, value_sums,
              SCORE, H, C, D, HP, CP, DP)  # fmt: skip
    else:
        leave(d_key, d_value, row, live, key_sums, value_sums,
              SCORE, H, C, D, HP, CP, DP)  # fmt: skip


@triton.jit
def leave(
    d_key, d_value, row, live, key_sums, value_sums, SCORE: tl.constexpr, H, C, D,
    HP: tl.constexpr, CP: tl.constexpr, DP: tl.constexpr,
):  # fmt: skip
    """Stores a row's sums."""
    store_rows(d_value, row, live, value_sums, H, D, HP, DP)
    if SCORE == "gat":
        store_flat(d_key, row, live, key_sums, H, HP)
    else:
        store_rows(d_key, row, live, key_sums, H, C, HP, CP)


@triton.jit(do_not_specialize=["num_edges", "span"])
def edge_key_weight_kernel(
    query, key, weight, edge_attr, edge_key_weight, slot_score,
    target_of_slot, other, perm, part, num_edges, span,
    slope: tl.constexpr, SCORE: tl.constexpr,
    H: tl.constexpr, C: tl.constexpr, F: tl.constexpr, HP: tl.constexpr,
    CP: tl.constexpr, FB: tl.constexpr, ACC: tl.constexpr, E: tl.constexpr,
):  # fmt: skip
    """Writes what `span` slots add to the gradient of `FB` rows of `W`."""
    begin = tl.program_id(0).to(tl.int64) * span
    feature = tl.program_id(1) * FB + tl.arange(0, FB)
    bend = weight_rows(weight, H, C, HP, CP, ACC)
    sums = tl.zeros([FB, HP, CP], ACC)
    for first in range(0, span, E):
        slot = begin + first + tl.arange(0, E)[None, :]
        at = (slot < num_edges) & (first + tl.arange(0, E)[None, :] < span)
        source = tl.load(other + slot, mask=at, other=0)
        edge = tl.load(perm + slot, mask=at, other=0)
        target = tl.load(target_of_slot + slot, mask=at, other=0)
        away = gather(key, source, at, H, C, HP, CP).to(ACC)
        away += gather(query, target, at, H, C, HP, CP).to(ACC)
        here = tl.zeros([1, HP, CP], ACC)
        tile = additive_sum(
            here, away, edge, at, edge_attr, edge_key_weight, H, C, F, HP, CP, ACC
        )
        d_bent = gather_flat(slot_score, edge, at, H, HP)[:, :, :, None]
        d_bent *= bend[None, None, :, :]
        d_tile = through_activation(d_bent, tile, slope, SCORE)
        where = edge.to(tl.int64)[:, :, None] * F + feature[None, None, :]
        mask = at[:, :, None] & (feature < F)[None, None, :]
        attr = tl.load(edge_attr + where, mask=mask, other=0.0).to(ACC)
        product = tl.reshape(attr, [E, FB, 1, 1]) * tl.reshape(d_tile, [E, 1, HP, CP])
        sums += tl.sum(product, 0)
    row = tl.program_id(0) * F + feature
    store_rows(part, row, feature < F, sums, H, C, HP, CP)

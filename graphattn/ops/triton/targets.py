# pyright: reportArgumentType=false, reportCallIssue=false
# pyright: reportOptionalSubscript=false, reportOperatorIssue=false
"""Backward over the targets' rows: what belongs to targets and to edges.

For each edge and head it leaves, in edge id order, the weight after dropout and the
gradient of the score (of the logit before the leaky ReLU for gat). The pass over the
sources reads these and recomputes no score, mask, bias or dropout.
"""

import triton
import triton.language as tl

from graphattn.ops.triton.forward import SIZES, weight_rows
from graphattn.ops.triton.scores import (
    activate,
    constrain,
    keep_edges,
    score_tile,
    target_rows,
    through_activation,
)
from graphattn.ops.triton.tiles import (
    flat,
    gather,
    gather_flat,
    rows,
    scatter_flat,
    share,
    slots,
    store_flat,
    store_rows,
)


@triton.jit(do_not_specialize=SIZES)
def targets_kernel(
    grad_out, grad_edge_out, grad_logsumexp,
    query, key, value, weight, edge_query, edge_attr, edge_key_weight, edge_score,
    edge_bias, edge_mask, seed, pointers, other, perm, out, edge_out, logsumexp,
    weights, slot_score, d_query, d_weight, d_edge_query, d_edge_attr, d_bias,
    query_part, weight_part, edge_part,
    num_rows, num_edges, chunk, num_chunks, steps, hub_programs, threshold, boost,
    scale: tl.constexpr, slope: tl.constexpr, SCORE: tl.constexpr,
    H: tl.constexpr, C: tl.constexpr, D: tl.constexpr, F: tl.constexpr,
    HP: tl.constexpr, CP: tl.constexpr, DP: tl.constexpr, FP: tl.constexpr,
    MASK_H: tl.constexpr, ACC: tl.constexpr, R: tl.constexpr, E: tl.constexpr,
):  # fmt: skip
    """Writes `weights`, `slot_score` and every gradient that is named."""
    row, begin, size, live = share(
        pointers, num_rows, num_edges, chunk, num_chunks, steps, hub_programs, R
    )
    here = target_rows(query, row, live, SCORE, H, C, HP, CP, ACC)
    edge_here = None
    if edge_query is not None:
        edge_here = rows(edge_query, row, live, H, F, HP, FP).to(ACC)
    bend = None
    if weight is not None:
        bend = weight_rows(weight, H, C, HP, CP, ACC)
    shift = flat(logsumexp, row, live, H, HP)
    shift = tl.where(shift == float("-inf"), 0.0, shift)
    grad = rows(grad_out, row, live, H, D, HP, DP).to(ACC)
    delta = along(grad, out, row, live, H, D, HP, DP, ACC)
    delta -= flat(grad_logsumexp, row, live, H, HP)
    edge_grad = None
    if edge_attr is not None:
        edge_grad = rows(grad_edge_out, row, live, H, F, HP, FP).to(ACC)
        delta += along(edge_grad, edge_out, row, live, H, F, HP, FP, ACC)
    if SCORE == "gat":
        query_sums = tl.zeros([R, HP], ACC)
    else:
        query_sums = tl.zeros([R, HP, CP], ACC)
    weight_sums = tl.zeros([R, HP, CP], ACC)
    edge_sums = tl.zeros([R, HP, FP], ACC)
    for first in range(0, tl.max(size, 0), E):
        at, source, edge = slots(other, perm, begin, size, first, E)
        attr = None
        if edge_attr is not None:
            attr = gather_flat(edge_attr, edge, at, F, FP).to(ACC)
        score, tile = score_tile(
            here, edge_here, key, bend, edge_attr, edge_key_weight, edge_score,
            source, edge, at, attr, scale, slope, SCORE, H, C, F, HP, CP, ACC,
        )  # fmt: skip
        score = constrain(score, edge, at, edge_bias, edge_mask, H, MASK_H, HP, ACC)
        power = tl.exp(score - shift[:, None, :])
        found = gather(value, source, at, H, D, HP, DP).to(ACC)
        d_power = tl.sum(grad[:, None, :, :] * found, 3)
        if edge_attr is not None:
            d_power += tl.sum(edge_grad[:, None, :, :] * attr[:, :, None, :], 3)
        kept = power
        if seed is not None:
            keep = keep_edges(seed, edge, threshold, boost, HP, ACC)
            kept = power * keep
            d_power *= keep
        d_score = power * (d_power - delta[:, None, :])
        if d_bias is not None:
            scatter_flat(d_bias, edge, at, d_score, H, HP)
        d_attr = None
        if d_edge_attr is not None:
            d_attr = tl.sum(kept[:, :, :, None] * edge_grad[:, None, :, :], 2)
        if SCORE == "gat":
            d_score = through_activation(d_score, tile, slope, SCORE)
            query_sums += tl.sum(d_score, 1)
        elif SCORE == "dot":
            d_dot = d_score * scale
            query_sums += tl.sum(d_dot[:, :, :, None] * tile, 1)
            if edge_query is not None:
                edge_sums += tl.sum(d_dot[:, :, :, None] * attr[:, :, None, :], 1)
                if d_edge_attr is not None:
                    back = d_dot[:, :, :, None] * edge_here[:, None, :, :]
                    d_attr += tl.sum(back, 2)
        else:
            bent = activate(tile, slope, SCORE)
            weight_sums += tl.sum(d_score[:, :, :, None] * bent, 1)
            d_bent = d_score[:, :, :, None] * bend[None, None, :, :]
            d_tile = through_activation(d_bent, tile, slope, SCORE)
            query_sums += tl.sum(d_tile, 1)
            if d_edge_attr is not None and edge_key_weight is not None:
                d_attr += through_weight(
                    d_tile, edge_key_weight, H, C, F, HP, CP, FP, R, E, ACC
                )
        scatter_flat(weights, edge, at, kept, H, HP)
        scatter_flat(slot_score, edge, at, d_score, H, HP)
        if d_edge_attr is not None:
            scatter_flat(d_edge_attr, edge, at, d_attr, F, FP)
    unit = tl.program_id(0) * R + tl.arange(0, R)
    if tl.program_id(0) < hub_programs:
        leave(
            query_part, weight_part, edge_part, unit, live, query_sums, weight_sums,
            edge_sums, SCORE, d_edge_query is not None, H, C, F, HP, CP, FP,
        )  # fmt: skip
    else:
        leave(
            d_query, d_weight, d_edge_query, row, live, query_sums, weight_sums,
            edge_sums, SCORE, d_edge_query is not None, H, C, F, HP, CP, FP,
        )  # fmt: skip


@triton.jit
def along(grad, base, row, live, H, W, HP: tl.constexpr, WP: tl.constexpr, ACC):
    """Returns the products of `grad` and the rows `[H, W]` of `base`: `[R, HP]`."""
    return tl.sum(grad * rows(base, row, live, H, W, HP, WP).to(ACC), 2)


@triton.jit
def leave(
    d_query, d_weight, d_edge_query, row, live, query_sums, weight_sums, edge_sums,
    SCORE: tl.constexpr, EDGES: tl.constexpr, H, C, F,
    HP: tl.constexpr, CP: tl.constexpr, FP: tl.constexpr,
):  # fmt: skip
    """Stores a row's sums."""
    if SCORE == "gat":
        store_flat(d_query, row, live, query_sums, H, HP)
    else:
        store_rows(d_query, row, live, query_sums, H, C, HP, CP)
        if SCORE != "dot":
            store_rows(d_weight, row, live, weight_sums, H, C, HP, CP)
    if EDGES:
        store_rows(d_edge_query, row, live, edge_sums, H, F, HP, FP)


@triton.jit
def through_weight(
    d_tile, edge_key_weight, H, C, F, HP: tl.constexpr, CP: tl.constexpr,
    FP: tl.constexpr, R: tl.constexpr, E: tl.constexpr, ACC,
):  # fmt: skip
    """Returns `W` applied to the gradient of a tile of sums: `[R, E, FP]`."""
    head = tl.arange(0, HP)[:, None]
    place = tl.arange(0, CP)[None, :]
    mask = (head < H) & (place < C)
    feature = tl.arange(0, FP)[None, None, :]
    found = tl.zeros([R, E, FP], ACC)
    for f in range(F):
        to = edge_key_weight + f * (H * C) + head * C + place
        weight = tl.load(to, mask=mask, other=0.0).to(ACC)
        product = tl.sum(tl.sum(d_tile * weight[None, None, :, :], 3), 2)
        found += tl.where(feature == f, product[:, :, None], 0.0)
    return found

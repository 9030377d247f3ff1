# pyright: reportArgumentType=false, reportCallIssue=false
# pyright: reportOptionalSubscript=false, reportOperatorIssue=false
"""Forward over the targets' rows: an online softmax, all heads of an edge at once."""

import triton
import triton.language as tl

from graphattn.ops.triton.scores import (
    constrain,
    keep_edges,
    score_tile,
    target_rows,
)
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
SIZES += ["threshold", "boost"]


@triton.jit
def weight_rows(weight, H, C, HP: tl.constexpr, CP: tl.constexpr, ACC):
    """Returns the weight of an additive score as `[HP, CP]`."""
    head = tl.arange(0, HP)[:, None]
    place = tl.arange(0, CP)[None, :]
    mask = (head < H) & (place < C)
    return tl.load(weight + head * C + place, mask=mask, other=0.0).to(ACC)


@triton.jit(do_not_specialize=SIZES)
def forward_kernel(
    query, key, value, weight, edge_query, edge_attr, edge_key_weight, edge_score,
    edge_bias, edge_mask, seed, pointers, other, perm,
    out, edge_out, logsumexp, part, edge_part, top_part, total_part,
    num_rows, num_edges, chunk, num_chunks, steps, hub_programs, threshold, boost,
    scale: tl.constexpr, slope: tl.constexpr, SCORE: tl.constexpr,
    H: tl.constexpr, C: tl.constexpr, D: tl.constexpr, F: tl.constexpr,
    HP: tl.constexpr, CP: tl.constexpr, DP: tl.constexpr, FP: tl.constexpr,
    MASK_H: tl.constexpr, ACC: tl.constexpr, R: tl.constexpr, E: tl.constexpr,
):  # fmt: skip
    """Writes the outputs of whole rows, and the unnormalised parts of hubs."""
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
    top = tl.full([R, HP], float("-inf"), ACC)
    total = tl.zeros([R, HP], ACC)
    sums = tl.zeros([R, HP, DP], ACC)
    edge_sums = tl.zeros([R, HP, FP], ACC)
    for first in range(0, tl.max(size, 0), E):
        at, source, edge = slots(other, perm, begin, size, first, E)
        attr = None
        if edge_attr is not None:
            attr = gather_flat(edge_attr, edge, at, F, FP).to(ACC)
        score, _ = score_tile(
            here, edge_here, key, bend, edge_attr, edge_key_weight, edge_score,
            source, edge, at, attr, scale, slope, SCORE, H, C, F, HP, CP, ACC,
        )  # fmt: skip
        score = constrain(score, edge, at, edge_bias, edge_mask, H, MASK_H, HP, ACC)
        rows_of_values = gather(value, source, at, H, D, HP, DP).to(ACC)
        raised = tl.maximum(top, tl.max(score, 1))
        shift = tl.where(raised == float("-inf"), 0.0, raised)
        shrink = tl.exp(top - shift)
        power = tl.exp(score - shift[:, None, :])
        total = total * shrink + tl.sum(power, 1)
        if seed is not None:
            power *= keep_edges(seed, edge, threshold, boost, HP, ACC)
        sums = sums * shrink[:, :, None]
        sums += tl.sum(power[:, :, :, None] * rows_of_values, 1)
        if edge_attr is not None:
            edge_sums = edge_sums * shrink[:, :, None]
            edge_sums += tl.sum(power[:, :, :, None] * attr[:, :, None, :], 1)
        top = raised
    if tl.program_id(0) < hub_programs:
        unit = tl.program_id(0) * R + tl.arange(0, R)
        store_flat(top_part, unit, live, top, H, HP)
        store_flat(total_part, unit, live, total, H, HP)
        store_rows(part, unit, live, sums, H, D, HP, DP)
        if edge_attr is not None:
            store_rows(edge_part, unit, live, edge_sums, H, F, HP, FP)
    else:
        finish(
            out, edge_out, logsumexp, row, live, top, total, sums, edge_sums,
            edge_attr is not None, H, D, F, HP, DP, FP,
        )  # fmt: skip


@triton.jit
def finish(
    out, edge_out, logsumexp, row, live, top, total, sums, edge_sums,
    EDGES: tl.constexpr, H, D, F, HP: tl.constexpr, DP: tl.constexpr,
    FP: tl.constexpr,
):  # fmt: skip
    """Normalises a row's sums, and stores them."""
    some = tl.where(total > 0.0, total, 1.0)
    found = tl.where(total > 0.0, top + tl.log(some), float("-inf"))
    store_flat(logsumexp, row, live, found, H, HP)
    store_rows(out, row, live, sums / some[:, :, None], H, D, HP, DP)
    if EDGES:
        store_rows(edge_out, row, live, edge_sums / some[:, :, None], H, F, HP, FP)

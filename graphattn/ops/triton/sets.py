# pyright: reportArgumentType=false, reportCallIssue=false
# pyright: reportOptionalSubscript=false, reportOperatorIssue=false
"""Full attention within ragged sets, one head and a block of rows to a program.

Forward and the first backward pass go over blocks of queries, the second over blocks
of keys; each result has one owner. R rows to a program, P of their partners at a time.
"""

import triton
import triton.language as tl

from graphattn.ops.triton.blocks import (
    block,
    product,
    range_of,
    scores,
    span,
    store_block,
)
from graphattn.ops.triton.scores import keep_factor
from graphattn.ops.triton.tiles import flat, store_flat

SIZES = ["num_queries", "num_keys", "threshold", "boost"]


@triton.jit
def keep_pairs(seed, query, key, num_keys, head, threshold, boost, ACC):
    """Returns `keep_factor` of the pairs of queries and keys."""
    counter = query.to(tl.int64) * num_keys + key
    return keep_factor(seed, counter, head, threshold, boost, ACC)


@triton.jit(do_not_specialize=SIZES)
def forward_sets(
    query, key, value, seed, ranges,
    out, logsumexp,
    num_queries, num_keys, threshold, boost,
    scale: tl.constexpr, H: tl.constexpr, C: tl.constexpr, D: tl.constexpr,
    CP: tl.constexpr, DP: tl.constexpr, ACC: tl.constexpr,
    R: tl.constexpr, P: tl.constexpr,
):  # fmt: skip
    """Writes the outputs of a block of queries."""
    head = tl.program_id(1)
    row = tl.program_id(0) * R + tl.arange(0, R)
    live = row < num_queries
    first, end = range_of(ranges, row, live, num_queries)
    here = block(query, row, live, head, H, C, CP)
    top = tl.full([R], float("-inf"), ACC)
    total = tl.zeros([R], ACC)
    sums = tl.zeros([R, DP], ACC)
    low, high = span(first, end)
    for start in range(low, high, P):
        other = start + tl.arange(0, P)
        there = other < high
        away = block(key, other, there, head, H, C, CP)
        score = scores(here, away, first, end, other, scale, ACC)
        raised = tl.maximum(top, tl.max(score, 1))
        shift = tl.where(raised == float("-inf"), 0.0, raised)
        shrink = tl.exp(top - shift)
        power = tl.exp(score - shift[:, None])
        total = total * shrink + tl.sum(power, 1)
        if seed is not None:
            power *= keep_pairs(
                seed, row[:, None], other[None, :], num_keys, head, threshold, boost,
                ACC,
            )  # fmt: skip
        taken = block(value, other, there, head, H, D, DP)
        sums = sums * shrink[:, None] + product(power.to(taken.dtype), taken, ACC)
        top = raised
    some = tl.where(total > 0.0, total, 1.0)
    store_block(out, row, live, sums / some[:, None], head, H, D, DP)
    found = tl.where(total > 0.0, top + tl.log(some), float("-inf"))
    store_flat(logsumexp + head, row, live, found[:, None], H, 1)


@triton.jit(do_not_specialize=SIZES)
def queries_of_sets(
    query, key, value, seed, ranges,
    grad_out, logsumexp, delta, grad_logsumexp, out, d_query,
    num_queries, num_keys, threshold, boost,
    scale: tl.constexpr, H: tl.constexpr, C: tl.constexpr, D: tl.constexpr,
    CP: tl.constexpr, DP: tl.constexpr, ACC: tl.constexpr,
    R: tl.constexpr, P: tl.constexpr,
):  # fmt: skip
    """Writes the queries' gradient, and `delta`, which the keys' pass reads."""
    head = tl.program_id(1)
    row = tl.program_id(0) * R + tl.arange(0, R)
    live = row < num_queries
    first, end = range_of(ranges, row, live, num_queries)
    here = block(query, row, live, head, H, C, CP)
    grad = block(grad_out, row, live, head, H, D, DP)
    made = block(out, row, live, head, H, D, DP)
    constant = tl.sum(grad.to(ACC) * made.to(ACC), 1)[:, None]
    constant -= flat(grad_logsumexp + head, row, live, H, 1)
    store_flat(delta + head, row, live, constant, H, 1)
    shift = flat(logsumexp + head, row, live, H, 1)
    shift = tl.where(shift == float("-inf"), 0.0, shift)
    sums = tl.zeros([R, CP], ACC)
    low, high = span(first, end)
    for start in range(low, high, P):
        other = start + tl.arange(0, P)
        there = other < high
        away = block(key, other, there, head, H, C, CP)
        power = tl.exp(scores(here, away, first, end, other, scale, ACC) - shift)
        taken = block(value, other, there, head, H, D, DP)
        d_power = product(grad, tl.trans(taken), ACC)
        if seed is not None:
            d_power *= keep_pairs(
                seed, row[:, None], other[None, :], num_keys, head, threshold, boost,
                ACC,
            )  # fmt: skip
        d_score = power * (d_power - constant) * scale
        sums += product(d_score.to(away.dtype), away, ACC)
    store_block(d_query, row, live, sums, head, H, C, CP)


@triton.jit(do_not_specialize=SIZES)
def keys_of_sets(
    query, key, value, seed, ranges,
    grad_out, logsumexp, delta, d_key, d_value,
    num_queries, num_keys, threshold, boost,
    scale: tl.constexpr, H: tl.constexpr, C: tl.constexpr, D: tl.constexpr,
    CP: tl.constexpr, DP: tl.constexpr, ACC: tl.constexpr,
    R: tl.constexpr, P: tl.constexpr,
):  # fmt: skip
    """Writes the gradients of a block of keys and values."""
    head = tl.program_id(1)
    row = tl.program_id(0) * R + tl.arange(0, R)
    live = row < num_keys
    first, end = range_of(ranges, row, live, num_keys)
    here = block(key, row, live, head, H, C, CP)
    mine = block(value, row, live, head, H, D, DP)
    key_sums = tl.zeros([R, CP], ACC)
    value_sums = tl.zeros([R, DP], ACC)
    low, high = span(first, end)
    for start in range(low, high, P):
        other = start + tl.arange(0, P)
        there = other < high
        away = block(query, other, there, head, H, C, CP)
        shift = tl.trans(flat(logsumexp + head, other, there, H, 1))
        shift = tl.where(shift == float("-inf"), 0.0, shift)
        power = tl.exp(scores(here, away, first, end, other, scale, ACC) - shift)
        grad = block(grad_out, other, there, head, H, D, DP)
        d_power = product(mine, tl.trans(grad), ACC)
        kept = power
        if seed is not None:
            keep = keep_pairs(
                seed, other[None, :], row[:, None], num_keys, head, threshold, boost,
                ACC,
            )  # fmt: skip
            kept = power * keep
            d_power *= keep
        value_sums += product(kept.to(grad.dtype), grad, ACC)
        constant = tl.trans(flat(delta + head, other, there, H, 1))
        d_score = power * (d_power - constant) * scale
        key_sums += product(d_score.to(away.dtype), away, ACC)
    store_block(d_key, row, live, key_sums, head, H, C, CP)
    store_block(d_value, row, live, value_sums, head, H, D, DP)

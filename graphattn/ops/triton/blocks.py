# pyright: reportArgumentType=false, reportCallIssue=false
# pyright: reportOptionalSubscript=false, reportOperatorIssue=false
"""Blocks of consecutive rows of one head, and who is whose partner in ragged sets.

A row's partners are consecutive rows of the other side: the keys of its set for a
query, the queries for a key. So a block needs no list of pairs, and may span sets.
"""

import triton
import triton.language as tl

from graphattn.ops.triton.tiles import owner


@triton.jit
def block(base, row, live, head, H, W, WP: tl.constexpr):
    """Returns one head of the rows `[H, W]` that `row [R]` names: `[R, WP]`."""
    place = tl.arange(0, WP)[None, :]
    start = (row.to(tl.int64) * H + head)[:, None] * W
    return tl.load(base + start + place, mask=live[:, None] & (place < W), other=0.0)


@triton.jit
def store_block(base, row, live, tile, head, H, W, WP: tl.constexpr):
    """Stores `tile [R, WP]` to one head of the rows `[H, W]` that `row [R]` names."""
    place = tl.arange(0, WP)[None, :]
    start = (row.to(tl.int64) * H + head)[:, None] * W
    mask = live[:, None] & (place < W)
    tl.store(base + start + place, tile.to(base.dtype.element_ty), mask=mask)


@triton.jit
def leave_ranges(
    mine, others, ranges, row, num_rows, num_sets, steps, CAUSAL, OF_KEYS: tl.constexpr
):
    """Stores where each row's partners begin, and behind all these where they end.

    Causal, the n-th query of a set sees its first n keys.
    """
    of = owner(mine, row, num_sets, steps)
    first, end = tl.load(others + of), tl.load(others + of + 1)
    if CAUSAL:
        place = row - tl.load(mine + of)
        if OF_KEYS:
            first = tl.minimum(first + place, end)
        else:
            end = tl.minimum(first + place + 1, end)
    end = tl.where(row < tl.load(mine + num_sets), end, first)
    tl.store(ranges + row, first.to(tl.int32), mask=row < num_rows)
    tl.store(ranges + num_rows + row, end.to(tl.int32), mask=row < num_rows)


@triton.jit(do_not_specialize=["num_queries", "num_keys", "num_sets", "steps"])
def find_ranges(
    ptr_query, ptr_key, query_ranges, key_ranges,
    num_queries, num_keys, num_sets, steps, CAUSAL: tl.constexpr, R: tl.constexpr,
):  # fmt: skip
    """Stores the ranges of all queries' keys and of all keys' queries.

    A kernel of its own: behind a search the compiler does not overlap the loads of
    blocks with their products.
    """
    row = tl.program_id(0) * R + tl.arange(0, R)
    leave_ranges(
        ptr_query, ptr_key, query_ranges, row, num_queries, num_sets, steps, CAUSAL,
        False,
    )  # fmt: skip
    leave_ranges(
        ptr_key, ptr_query, key_ranges, row, num_keys, num_sets, steps, CAUSAL, True
    )


@triton.jit
def range_of(ranges, row, live, num_rows):
    """Returns each row's first partner, and the end of its partners: `[R]`."""
    first = tl.load(ranges + row, mask=live, other=0)
    return first, tl.load(ranges + num_rows + row, mask=live, other=0)


@triton.jit
def span(first, end):
    """Returns the first and the end of the rows that are anybody's partners."""
    some = end > first
    low = tl.min(tl.where(some, first, 2147483647), 0)
    return low, tl.max(tl.where(some, end, 0), 0)


@triton.jit
def product(left, right, ACC: tl.constexpr):
    """Returns `left @ right`; float32 in three TF32 products, which lose nothing."""
    return tl.dot(left, right, input_precision="tf32x3", out_dtype=ACC)


@triton.jit
def scores(here, away, first, end, other, scale, ACC: tl.constexpr):
    """Returns the scores of the rows `here` and their partners `away [P, CP]`.

    -inf where `other [P]` is no partner: `[R, P]`.
    """
    found = product(here, tl.trans(away), ACC) * scale
    allowed = (other[None, :] >= first[:, None]) & (other[None, :] < end[:, None])
    return tl.where(allowed, found, float("-inf"))

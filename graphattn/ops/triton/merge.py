# pyright: reportArgumentType=false, reportCallIssue=false
# pyright: reportOptionalSubscript=false, reportOperatorIssue=false
"""Hubs: their parts, which different programs found, put together in a fixed order."""

import triton
import triton.language as tl

from graphattn.ops.triton.forward import finish
from graphattn.ops.triton.tiles import flat, owner, rows

SIZES = ["num_rows", "num_edges", "chunk", "steps"]


@triton.jit
def hub(pointers, number, num_rows, num_edges, chunk, steps):
    """Returns the hub that begins in a chunk, and its number of parts; 0: none does."""
    first = number.to(tl.int64) * chunk
    last = tl.minimum(first + chunk, num_edges) - 1
    row = owner(pointers, last.to(tl.int32), num_rows, steps)
    start = tl.load(pointers + row)
    stop = tl.load(pointers + row + 1)
    is_hub = (start >= first) & (stop - start > chunk)
    parts = (stop - 1) // chunk - number + 1
    return row, tl.where(is_hub, parts, 0)


@triton.jit(do_not_specialize=SIZES)
def merge_softmax(
    pointers, part, edge_part, top_part, total_part, out, edge_out, logsumexp,
    num_rows, num_edges, chunk, steps,
    H: tl.constexpr, D: tl.constexpr, F: tl.constexpr, HP: tl.constexpr,
    DP: tl.constexpr, FP: tl.constexpr, ACC: tl.constexpr,
):  # fmt: skip
    """Merges the parts of the hub that begins in this program's chunk."""
    number = tl.program_id(0) + tl.zeros([1], tl.int32)
    row, parts = hub(pointers, number, num_rows, num_edges, chunk, steps)
    live = parts > 0
    top = tl.full([1, HP], float("-inf"), ACC)
    total = tl.zeros([1, HP], ACC)
    sums = tl.zeros([1, HP, DP], ACC)
    edge_sums = tl.zeros([1, HP, FP], ACC)
    for step in range(0, tl.max(parts, 0)):
        unit = 2 * (number + step) + (step == 0)
        highest = flat(top_part, unit, live, H, HP)
        raised = tl.maximum(top, highest)
        shift = tl.where(raised == float("-inf"), 0.0, raised)
        mine, theirs = tl.exp(top - shift), tl.exp(highest - shift)
        total = total * mine + flat(total_part, unit, live, H, HP) * theirs
        found = rows(part, unit, live, H, D, HP, DP)
        sums = sums * mine[:, :, None] + found * theirs[:, :, None]
        if edge_part is not None:
            found = rows(edge_part, unit, live, H, F, HP, FP)
            edge_sums = edge_sums * mine[:, :, None] + found * theirs[:, :, None]
        top = raised
    finish(
        out, edge_out, logsumexp, row, live, top, total, sums, edge_sums,
        edge_part is not None, H, D, F, HP, DP, FP,
    )  # fmt: skip


@triton.jit(do_not_specialize=SIZES)
def merge_sum(
    pointers, part, out, num_rows, num_edges, chunk, steps,
    W: tl.constexpr, BLOCK: tl.constexpr, ACC: tl.constexpr,
):  # fmt: skip
    """Adds the parts `[units, W]` of the hub that begins in this program's chunk."""
    number = tl.program_id(0) + tl.zeros([1], tl.int32)
    row, parts = hub(pointers, number, num_rows, num_edges, chunk, steps)
    place = tl.program_id(1) * BLOCK + tl.arange(0, BLOCK)[None, :]
    mask = (parts > 0)[:, None] & (place < W)
    sums = tl.zeros([1, BLOCK], ACC)
    for step in range(0, tl.max(parts, 0)):
        unit = (2 * (number + step) + (step == 0)).to(tl.int64)
        sums += tl.load(part + unit[:, None] * W + place, mask=mask, other=0.0)
    to = out + row.to(tl.int64)[:, None] * W + place
    tl.store(to, sums.to(out.dtype.element_ty), mask=mask)

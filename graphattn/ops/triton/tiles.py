# pyright: reportArgumentType=false, reportCallIssue=false
# pyright: reportOptionalSubscript=false, reportOperatorIssue=false
"""Loads of tiles, and which edges a program walks over.

Names in kernels: R rows and E edges to a tile; H heads of C, D and F numbers (score,
value and edge features), rounded up to powers of two in HP, CP, DP and FP.
"""

import triton
import triton.language as tl


@triton.jit
def gather(base, index, live, H, W, HP: tl.constexpr, WP: tl.constexpr):
    """Returns the rows `[H, W]` that `index [R, E]` names: `[R, E, HP, WP]`."""
    head = tl.arange(0, HP)[None, None, :, None]
    place = tl.arange(0, WP)[None, None, None, :]
    mask = live[:, :, None, None] & (head < H) & (place < W)
    start = index.to(tl.int64)[:, :, None, None] * (H * W)
    return tl.load(base + start + head * W + place, mask=mask, other=0.0)


@triton.jit
def gather_flat(base, index, live, W, WP: tl.constexpr):
    """Returns the rows `[W]` that `index [R, E]` names: `[R, E, WP]`."""
    place = tl.arange(0, WP)[None, None, :]
    mask = live[:, :, None] & (place < W)
    start = index.to(tl.int64)[:, :, None] * W
    return tl.load(base + start + place, mask=mask, other=0.0)


@triton.jit
def scatter_flat(base, index, live, tile, W, WP: tl.constexpr):
    """Stores `tile [R, E, WP]` to the rows `[W]` that `index [R, E]` names."""
    place = tl.arange(0, WP)[None, None, :]
    mask = live[:, :, None] & (place < W)
    start = index.to(tl.int64)[:, :, None] * W
    tl.store(base + start + place, tile.to(base.dtype.element_ty), mask=mask)


@triton.jit
def rows(base, row, live, H, W, HP: tl.constexpr, WP: tl.constexpr):
    """Returns the rows `[H, W]` that `row [R]` names: `[R, HP, WP]`."""
    head = tl.arange(0, HP)[None, :, None]
    place = tl.arange(0, WP)[None, None, :]
    mask = live[:, None, None] & (head < H) & (place < W)
    start = row.to(tl.int64)[:, None, None] * (H * W)
    return tl.load(base + start + head * W + place, mask=mask, other=0.0)


@triton.jit
def store_rows(base, row, live, tile, H, W, HP: tl.constexpr, WP: tl.constexpr):
    """Stores `tile [R, HP, WP]` to the rows `[H, W]` that `row [R]` names."""
    head = tl.arange(0, HP)[None, :, None]
    place = tl.arange(0, WP)[None, None, :]
    mask = live[:, None, None] & (head < H) & (place < W)
    start = row.to(tl.int64)[:, None, None] * (H * W)
    to = base + start + head * W + place
    tl.store(to, tile.to(base.dtype.element_ty), mask=mask)


@triton.jit
def flat(base, row, live, W, WP: tl.constexpr):
    """Returns the rows `[W]` that `row [R]` names: `[R, WP]`."""
    place = tl.arange(0, WP)[None, :]
    start = row.to(tl.int64)[:, None] * W
    mask = live[:, None] & (place < W)
    return tl.load(base + start + place, mask=mask, other=0.0)


@triton.jit
def store_flat(base, row, live, tile, W, WP: tl.constexpr):
    """Stores `tile [R, WP]` to the rows `[W]` that `row [R]` names."""
    place = tl.arange(0, WP)[None, :]
    start = row.to(tl.int64)[:, None] * W
    mask = live[:, None] & (place < W)
    tl.store(base + start + place, tile.to(base.dtype.element_ty), mask=mask)


@triton.jit
def owner(pointers, slot, num_rows, steps):
    """Returns the row whose slots hold `slot`, by bisection in `steps` steps."""
    low = slot * 0
    high = low + num_rows
    for _ in range(steps):
        middle = low + (high - low) // 2
        right = tl.load(pointers + middle) <= slot
        low = tl.where(right, middle, low)
        high = tl.where(right, high, middle)
    return low


@triton.jit
def piece(pointers, unit, num_rows, num_edges, chunk, num_chunks, steps):
    """Returns a piece of a hub: its row, first slot, number of slots, whether any is.

    Slots are cut into chunks, and a row with more than `chunk` slots into its parts
    in each. Two such rows at most meet in a chunk: unit `2 c` is the part of the one
    that began before chunk `c`, unit `2 c + 1` of the one that begins in it. The
    chunks are known without the degrees, so nobody waits for the GPU to count hubs.
    """
    number = unit // 2
    first = tl.minimum(number, num_chunks - 1).to(tl.int64) * chunk
    last = tl.minimum(first + chunk, num_edges) - 1
    here = unit % 2 == 1
    row = owner(pointers, tl.where(here, last, first).to(tl.int32), num_rows, steps)
    start = tl.load(pointers + row)
    stop = tl.load(pointers + row + 1)
    live = (number < num_chunks) & (stop - start > chunk) & ((start >= first) == here)
    begin = tl.maximum(start, first).to(tl.int32)
    size = tl.minimum(stop, last + 1).to(tl.int32) - begin
    return row, begin, tl.where(live, size, 0), live


@triton.jit
def share(pointers, num_rows, num_edges, chunk, num_chunks, steps, hub_programs, R):
    """Returns row, first slot, number of slots and liveness `[R]` of this program.

    The first `hub_programs` programs, which take longest, have pieces of hubs; the
    others have whole rows, of which hubs are left out.
    """
    program = tl.program_id(0)
    unit = program * R + tl.arange(0, R)
    if program < hub_programs:
        row, begin, size, live = piece(
            pointers, unit, num_rows, num_edges, chunk, num_chunks, steps
        )
    else:
        row = unit - hub_programs * R
        live = row < num_rows
        begin = tl.load(pointers + row, mask=live, other=0)
        size = tl.load(pointers + row + 1, mask=live, other=0) - begin
        live = live & (size <= chunk)
        size = tl.where(live, size, 0)
    return row, begin, size, live


@triton.jit
def slots(other, perm, begin, size, first, E: tl.constexpr):
    """Returns which slots there are from `first` on, their ends and edges: `[R, E]`."""
    step = first + tl.arange(0, E)[None, :]
    at = step < size[:, None]
    end = tl.load(other + begin[:, None] + step, mask=at, other=0)
    return at, end, tl.load(perm + begin[:, None] + step, mask=at, other=0)

"""Chunked gathers and segment sums: what the portable kernels are made of.

Everything is in the order of the compressed view's slots. Products of the size
`num_edges x heads x channels` exist only a chunk at a time.
"""

from collections.abc import Iterator

import torch
from torch import Tensor

_CHUNK_ELEMENTS = 1 << 22


def accumulation_dtype(dtype: torch.dtype) -> torch.dtype:
    """Returns float64 for float64, and float32 for every narrower type."""
    return torch.float64 if dtype == torch.float64 else torch.float32


def slot_owner(pointers: Tensor) -> Tensor:
    """Returns for every slot the row it lies in: int64 `[num_edges]`."""
    rows = torch.arange(len(pointers) - 1, device=pointers.device)
    return rows.repeat_interleave(pointers.diff().long())


def chunks(num_edges: int, width: int) -> Iterator[slice]:
    """Yields slices over the slots whose `slots x width` product stays small."""
    step = max(1, _CHUNK_ELEMENTS // max(1, width))
    for start in range(0, num_edges, step):
        yield slice(start, min(start + step, num_edges))


def segment_sum(source: Tensor, index: Tensor, num_rows: int) -> Tensor:
    """Adds the rows of `source` that share an index: `[num_rows, ...]`."""
    out = source.new_zeros(num_rows, *source.shape[1:])
    return add_rows(out, source, index)


def add_rows(out: Tensor, source: Tensor, index: Tensor) -> Tensor:
    """Adds each row of `source` to the row of `out` that `index` names, in place."""
    index = index.view(-1, *[1] * (source.dim() - 1)).expand_as(source)
    return out.scatter_add_(0, index, source)


def segment_logsumexp(scores: Tensor, index: Tensor, num_rows: int) -> Tensor:
    """Returns the logsumexp of each segment; -inf where nothing may be attended."""
    top = scores.new_full((num_rows, *scores.shape[1:]), float("-inf"))
    top.scatter_reduce_(0, index.view(-1, 1).expand_as(scores), scores, "amax")
    shift = top.masked_fill(top == float("-inf"), 0.0)
    return shift + segment_sum((scores - shift[index]).exp(), index, num_rows).log()


def segment_softmax(scores: Tensor, index: Tensor, num_rows: int) -> Tensor:
    """Returns the softmax over each segment, differentiable; 0 for a score of -inf."""
    top = scores.new_full((num_rows, *scores.shape[1:]), float("-inf"))
    columns = index.view(-1, 1).expand_as(scores)
    top = top.scatter_reduce(0, columns, scores.detach(), "amax")
    shift = top.masked_fill(top == float("-inf"), 0.0)
    powers = (scores - shift[index]).exp()
    total = torch.zeros_like(top).scatter_add(0, columns, powers)
    return powers / total.masked_fill(total == 0.0, 1.0)[index]


def weighted_sum(
    weights: Tensor, rows: Tensor, row_index: Tensor, owner: Tensor, num_owners: int
) -> Tensor:
    """Returns for each owner the sum of `weights * rows[row_index]` over its slots.

    Args:
        weights: `[num_edges, heads]`.
        rows: `[num_rows, heads, width]`, or `[num_rows, width]` shared by the heads.
        row_index: Which row each slot reads.
        owner: Which output row each slot adds to.
        num_owners: Number of output rows.

    Returns:
        `[num_owners, heads, width]`.
    """
    heads, width = weights.shape[1], rows.shape[-1]
    out = weights.new_zeros(num_owners, heads, width)
    for part in chunks(len(weights), heads * width):
        picked = rows.index_select(0, row_index[part])
        picked = picked if picked.dim() == 3 else picked.unsqueeze(1)
        add_rows(out, weights[part].unsqueeze(-1) * picked, owner[part])
    return out


def row_dot(
    left: Tensor, left_index: Tensor, right: Tensor, right_index: Tensor
) -> Tensor:
    """Returns `left[left_index] . right[right_index]` for each slot and head.

    Args:
        left: `[num_left, heads, width]`.
        left_index: Which row of `left` each slot reads.
        right: `[num_right, heads, width]`, or `[num_right, width]` for all heads.
        right_index: Which row of `right` each slot reads.

    Returns:
        `[num_edges, heads]`.
    """
    num_edges, (_, heads, width) = len(left_index), left.shape
    out = left.new_empty(num_edges, heads)
    for part in chunks(num_edges, heads * width):
        picked = right.index_select(0, right_index[part])
        picked = picked if picked.dim() == 3 else picked.unsqueeze(1)
        product = left.index_select(0, left_index[part]) * picked
        out[part] = product.sum(-1)
    return out

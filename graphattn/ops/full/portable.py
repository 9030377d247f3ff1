"""Full attention within each of many ragged sets, on dense blocks of like sizes.

Sets whose sizes differ by little are padded to one block, so that padding wastes at
most about a quarter of the work, and no block holds more than a fixed number of
weights: neither the whole batch's `N x N` mask nor the weights of a large set ever
exist at once.
"""

import math
from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor

from graphattn.ops.dropout import keep_factor
from graphattn.ops.softmax import wide

_BLOCK_WEIGHTS = 1 << 22
_GROWTH = 1.25


class Block(NamedTuple):
    """Queries and keys of some sets, padded: rows to read, and which are real."""

    query: Tensor
    query_real: Tensor
    key: Tensor
    key_real: Tensor
    first_query: int


def blocks(ptr_query: Tensor, ptr_key: Tensor, heads: int) -> Iterator[Block]:
    """Yields every set's queries exactly once, in blocks of bounded size."""
    num_queries, num_keys = ptr_query.diff(), ptr_key.diff()
    wanted = (num_queries > 0) & (num_keys > 0)
    sizes = torch.stack([num_queries, num_keys]).clamp(min=1).double()
    steps = (sizes.log() / math.log(_GROWTH)).ceil().long()
    kinds = steps[0] * (int(steps.max()) + 1 if steps.numel() else 1) + steps[1]
    for kind in kinds[wanted].unique().tolist():
        members = ((kinds == kind) & wanted).nonzero().squeeze(1)
        longest = int(num_queries[members].max())
        width = int(num_keys[members].max())
        rows = max(1, _BLOCK_WEIGHTS // (heads * width))
        per_block, step = max(1, rows // longest), min(rows, longest)
        for group in members.split(per_block):
            key, key_real = _spread(ptr_key[group], num_keys[group], 0, width)
            for first in range(0, longest, step):
                count = min(step, longest - first)
                query, query_real = _spread(
                    ptr_query[group], num_queries[group], first, count
                )
                yield Block(query, query_real, key, key_real, first)


def _spread(
    start: Tensor, size: Tensor, first: int, count: int
) -> tuple[Tensor, Tensor]:
    """Returns row numbers `[sets, count]` from `first` on, and which are real."""
    place = torch.arange(first, first + count, device=start.device)
    real = place < size.unsqueeze(1)
    return (start.unsqueeze(1) + place).where(real, start.unsqueeze(1)), real


def _scores(
    query: Tensor, key: Tensor, block: Block, causal: bool, scale: float
) -> Tensor:
    """Returns the scores of a block, `[sets, heads, queries, keys]`; -inf: not seen."""
    scores = torch.einsum("bqhc,bkhc->bhqk", query, key) * scale
    allowed = block.key_real[:, None, None, :]
    if causal:
        place = torch.arange(block.query.shape[1], device=scores.device)
        ends = torch.arange(block.key.shape[1], device=scores.device)
        allowed = allowed & (ends <= (place + block.first_query).unsqueeze(1))
    return scores.masked_fill(~allowed, float("-inf"))


def _keep(
    block: Block, key: Tensor, dropout: float, seed: Tensor | None
) -> Tensor | None:
    """Returns the dropout factor of a block's pairs, `[sets, heads, queries, keys]`."""
    pair = block.query.unsqueeze(2) * len(key) + block.key.unsqueeze(1)
    keep = keep_factor(seed, pair, key.shape[1], dropout, wide(key).dtype)
    return None if keep is None else keep.movedim(-1, 1)


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
    """Attends from every query to all keys of its own set.

    Args:
        query: `[num_targets, heads, width]`, sets one after another.
        key: `[num_sources, heads, width]`, sets in the same order.
        value: `[num_sources, heads, value_width]`.
        ptr_query: int64 `[num_sets + 1]`, where each set's queries begin.
        ptr_key: int64 `[num_sets + 1]`, where each set's keys begin.
        causal: Whether the n-th query of a set sees only its first n keys.
        scale: Factor on the dot products.
        dropout: Probability that a weight is dropped.
        seed: One int64 that fixes what is dropped; None drops nothing.

    Returns:
        `[num_targets, heads, value_width]`, zeros where a set has no keys; and the
        logsumexp of the scores `[num_targets, heads]`, -inf there.
    """
    dtype = value.dtype
    out = query.new_zeros(*query.shape[:2], value.shape[2], dtype=wide(value).dtype)
    logsumexp = out.new_full(query.shape[:2], float("-inf"))
    for block in blocks(ptr_query, ptr_key, query.shape[1]):
        at, to = wide(query)[block.query], wide(key)[block.key]
        scores = _scores(at, to, block, causal, scale)
        keep = _keep(block, key, dropout, seed)
        weights = scores.softmax(-1) if keep is None else scores.softmax(-1) * keep
        found = torch.einsum("bhqk,bkhd->bqhd", weights, wide(value)[block.key])
        rows = block.query[block.query_real]
        out[rows] = found[block.query_real]
        total = scores.logsumexp(-1).transpose(1, 2)
        logsumexp[rows] = total[block.query_real]
    return out.to(dtype), logsumexp


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
    """Returns the gradients of query, key and value, recomputing the weights."""
    dtypes = query.dtype, key.dtype, value.dtype
    query, key, value, grad_out = wide(query), wide(key), wide(value), wide(grad_out)
    # A query that sees no key has weights exp(-inf - inf) = 0.
    logsumexp = logsumexp.masked_fill(logsumexp.isinf(), float("inf"))
    delta = (grad_out * wide(out)).sum(-1) - grad_logsumexp
    d_query, d_key, d_value = (t.new_zeros(t.shape) for t in (query, key, value))
    for block in blocks(ptr_query, ptr_key, query.shape[1]):
        at, to, taken = query[block.query], key[block.key], value[block.key]
        total = logsumexp[block.query].transpose(1, 2).unsqueeze(-1)
        weights = (_scores(at, to, block, causal, scale) - total).exp()
        keep = _keep(block, key, dropout, seed)
        grad = grad_out[block.query] * block.query_real[..., None, None]
        kept = weights if keep is None else weights * keep
        d_taken = torch.einsum("bhqk,bqhd->bkhd", kept, grad)
        d_weight = torch.einsum("bqhd,bkhd->bhqk", grad, taken)
        d_weight = d_weight if keep is None else d_weight * keep
        constant = delta[block.query] * block.query_real.unsqueeze(-1)
        shift = constant.transpose(1, 2).unsqueeze(-1)
        d_score = weights * (d_weight - shift) * scale
        d_at = torch.einsum("bhqk,bkhc->bqhc", d_score, to)
        d_to = torch.einsum("bhqk,bqhc->bkhc", d_score, at)
        d_query[block.query[block.query_real]] = d_at[block.query_real]
        rows = block.key[block.key_real]
        d_key[rows] += d_to[block.key_real]
        d_value[rows] += d_taken[block.key_real]
    return d_query.to(dtypes[0]), d_key.to(dtypes[1]), d_value.to(dtypes[2])

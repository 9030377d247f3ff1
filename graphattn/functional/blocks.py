"""Blocks of full attention, each computed anew on the way back."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import prod
from typing import Any, cast

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable
from torch.utils.checkpoint import checkpoint

from graphattn.functional.normalization import NORMALIZATIONS
from graphattn.ops.dropout import keep_factor

BlockBias = Callable[[Tensor, Tensor], Tensor]
_BLOCK_WEIGHTS = 1 << 20


@dataclass(frozen=True)
class Block:
    """Attention of one block of queries, `[..., heads, rows, channels]`.

    Attributes:
        bias: Of the scores: takes numbers of targets and of sources.
        memory: How many sources come before the first target; None: not causal.
        scale: Factor on the dot product.
        dropout: Probability that a weight is dropped.
        seed: Fixes which; None drops nothing.
        normalization: What makes weights of scores.
        first_target: Number of the first target among all rows.
        first_source: Number of the first source among all rows.
    """

    bias: BlockBias | None
    memory: int | None
    scale: float
    dropout: float
    seed: Tensor | None
    normalization: str
    first_target: int = 0
    first_source: int = 0

    def __call__(self, query: Tensor, key: Tensor, value: Tensor, first: int) -> Tensor:
        """Returns the block's rows of the output; `first` is the first one's place."""
        sources = torch.arange(key.shape[-2], device=query.device)
        targets = torch.arange(query.shape[-2], device=query.device) + first
        scores = (query * self.scale) @ key.transpose(-1, -2)
        if self.bias is not None:
            rows, columns = targets + self.first_target, sources + self.first_source
            scores = scores + self.bias(rows, columns).to(scores.dtype)
        seen = None
        if self.memory is not None:
            seen = sources <= targets.unsqueeze(1) + self.memory
            scores = scores.masked_fill(~seen, float("-inf"))
        weights = NORMALIZATIONS[self.normalization].dense(scores, seen)
        if self.seed is not None:
            pairs = ((targets + self.first_target).unsqueeze(1) << 32) + sources
            copies = prod(scores.shape[:-2])
            keep = keep_factor(self.seed, pairs, copies, self.dropout, weights.dtype)
            assert keep is not None
            weights = weights * keep.movedim(-1, 0).reshape(scores.shape)
        return weights.to(value.dtype) @ value

    def end(self, first: int, count: int, num_sources: int) -> int:
        """Returns how many sources a block of targets sees at most."""
        last = num_sources if self.memory is None else first + count + self.memory
        return min(last, num_sources)

    def size(self, query: Tensor, key: Tensor) -> int:
        """Returns how many queries make a block."""
        per_query = max(1, prod(query.shape[:-2]) * key.shape[-2])
        return max(1, _BLOCK_WEIGHTS // per_query)


class _InBlocks(torch.autograd.Function):
    """All blocks, each computed anew on the way back.

    Nothing that belongs to a block outlives it: small things kept between large ones
    would keep the allocator from using the memory of one block for the next.
    """

    @staticmethod
    def forward(
        ctx: Any,
        attend: Block,
        query: Tensor,
        key: Tensor,
        value: Tensor,
        *learned: Tensor,
    ) -> Tensor:
        ctx.attend = attend
        ctx.save_for_backward(query, key, value, *learned)
        out = value.new_empty(*query.shape[:-1], value.shape[-1])
        for first, rows in _blocks(attend, query, key):
            end = attend.end(first, rows.shape[-2], key.shape[-2])
            seen = key[..., :end, :], value[..., :end, :]
            out[..., first : first + rows.shape[-2], :] = attend(rows, *seen, first)
        return out

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        query, key, value, *learned = ctx.saved_tensors
        totals = [torch.zeros_like(t) for t in (query, key, value, *learned)]
        for first, rows in _blocks(ctx.attend, query, key):
            count = rows.shape[-2]
            end = ctx.attend.end(first, count, key.shape[-2])
            part = slice(first, first + count)
            seen = rows, key[..., :end, :], value[..., :end, :]
            with torch.enable_grad():
                given = [tensor.detach().requires_grad_() for tensor in seen]
                out = ctx.attend(*given, first)
            inputs, grad = [*given, *learned], grads[0][..., part, :]
            found = torch.autograd.grad(out, inputs, grad, materialize_grads=True)
            totals[0][..., part, :] = found[0]
            totals[1][..., :end, :] += found[1]
            totals[2][..., :end, :] += found[2]
            for total, one in zip(totals[3:], found[3:], strict=True):
                total += one
        return None, *totals


def _blocks(attend: Block, query: Tensor, key: Tensor) -> Iterator[tuple[int, Tensor]]:
    size = attend.size(query, key)
    for first in range(0, query.shape[-2], size):
        yield first, query[..., first : first + size, :]


def in_blocks(
    attend: Block, query: Tensor, key: Tensor, value: Tensor, learned: list[Tensor]
) -> Tensor:
    """Returns the output of all blocks, `[..., heads, num_targets, channels]`.

    A compiler, which lays out memory itself, is told the same in its own terms.

    Args:
        attend: What a block does.
        query: `[..., heads, num_targets, channels]`.
        key: `[..., heads, num_sources, channels]`.
        value: `[..., heads, num_sources, channels]`.
        learned: What else has gradients.
    """
    if not torch.compiler.is_compiling():
        return cast(Tensor, _InBlocks.apply(attend, query, key, value, *learned))
    found = [
        checkpoint(attend, rows, key, value, first, use_reentrant=False)
        for first, rows in _blocks(attend, query, key)
    ]
    return torch.cat(cast(list[Tensor], found), -2)

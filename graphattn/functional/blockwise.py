"""Full attention a block of queries at a time, with any bias of pairs."""

from collections.abc import Callable, Iterable, Iterator
from math import prod
from typing import Any, cast

import torch
from jaxtyping import Float
from torch import Tensor
from torch.autograd.function import once_differentiable
from torch.utils.checkpoint import checkpoint

from graphattn._errors import require
from graphattn.functional.checks import autocast, check_full, seed_for
from graphattn.functional.normalization import NORMALIZATIONS, check_normalization
from graphattn.ops.dropout import keep_factor

BlockBias = Callable[[Tensor, Tensor], Tensor]
_BLOCK_WEIGHTS = 1 << 20


def blockwise_attention(
    query: Float[Tensor, "*batch num_targets heads head_dim"],
    key: Float[Tensor, "*batch num_sources heads head_dim"],
    value: Float[Tensor, "*batch num_sources heads value_dim"],
    *,
    bias: Float[Tensor, "heads num_targets num_sources"] | BlockBias | None = None,
    learned: Iterable[Tensor] = (),
    causal: bool = False,
    memory: int = 0,
    scale: float | None = None,
    dropout: float = 0.0,
    normalization: str = "softmax",
) -> Float[Tensor, "*batch num_targets heads value_dim"]:
    r"""Attends from every query to every key, without a matrix of all pairs.

    .. math:: O = \mathrm{softmax}(s \, Q K^T + B) V

    Queries are taken in blocks of at most 2^20 weights for all sets and heads
    together, though of one query at least; in the backward pass each block is computed
    anew. Beyond inputs, output and their gradients, some fifteen such blocks are held
    at most, 60 MB in single precision, however long the sets, and some thirty with
    dropout. A bias that is a function is asked for one block at a time, so that it is
    never whole either. There is no second derivative.

    Without a bias and a memory, `full_attention` keeps the same promise, and faster.

    Args:
        query: Rows that attend.
        key: Rows attended to.
        value: Rows attended to.
        bias: Added to the logits, in nats; or a function that takes numbers of targets
            and of sources, int64 `[rows]` and `[columns]`, and returns
            `[heads, rows, columns]`.
        learned: What such a function reads and what shall have gradients.
        causal: Whether a query sees only keys up to its own place.
        memory: How many keys come before the first query's own: with `causal`, the
            n-th query sees the first ``n + memory`` keys.
        scale: Factor on the dot product, dimensionless. Default ``head_dim ** -0.5``.
        dropout: Probability that a weight is dropped, from 0 to 1.
        normalization: ``"softmax"``, ``"relu"`` or ``"relu_mean"``; see
            `attention_weights`.

    Raises:
        ValueError: Sizes, types or devices do not fit.

    Source:
        Rabe, Staats 2021, https://arxiv.org/abs/2112.05682.
    """
    caller = "blockwise_attention"
    query, key, value = autocast(query, key, value)
    check_full(caller, query, key, value, dropout)
    check_normalization(caller, normalization)
    require(memory >= 0, caller, "memory must not be negative", {"memory": memory})
    learned = [tensor for tensor in learned if tensor.requires_grad]
    if isinstance(bias, Tensor):
        learned = [bias] if bias.requires_grad else []
        bias = _rows_of(caller, bias, query, key)
    shape = (*query.shape[:-1], value.shape[-1])
    query, key, value = (rows.transpose(-2, -3) for rows in (query, key, value))
    attend = _Block(
        bias,
        memory if causal else None,
        query.shape[-1] ** -0.5 if scale is None else scale,
        dropout,
        seed_for(dropout, query.device),
        normalization,
    )
    if query.numel() == 0 or key.numel() == 0:
        return value.new_zeros(shape)
    if torch.compiler.is_compiling():
        out = _traced(attend, query, key, value)
    else:
        out = _InBlocks.apply(attend, query, key, value, *learned)
    return out.transpose(-2, -3)


class _Block:
    """Attention of one block of queries, `[..., heads, rows, channels]`."""

    def __init__(
        self,
        bias: BlockBias | None,
        memory: int | None,
        scale: float,
        dropout: float,
        seed: Tensor | None,
        normalization: str,
    ) -> None:
        self.bias, self.memory, self.scale = bias, memory, scale
        self.dropout, self.seed = dropout, seed
        self.normalize = NORMALIZATIONS[normalization].dense

    def __call__(self, query: Tensor, key: Tensor, value: Tensor, first: int) -> Tensor:
        """Returns the block's rows of the output; `first` is the first one's place."""
        sources = torch.arange(key.shape[-2], device=query.device)
        targets = torch.arange(query.shape[-2], device=query.device) + first
        scores = (query * self.scale) @ key.transpose(-1, -2)
        if self.bias is not None:
            scores = scores + self.bias(targets, sources).to(scores.dtype)
        seen = None
        if self.memory is not None:
            seen = sources <= targets.unsqueeze(1) + self.memory
            scores = scores.masked_fill(~seen, float("-inf"))
        weights = self.normalize(scores, seen)
        if self.seed is not None:
            pairs = (targets.unsqueeze(1) << 32) + sources
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
        attend: _Block,
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


def _blocks(attend: _Block, query: Tensor, key: Tensor) -> Iterator[tuple[int, Tensor]]:
    size = attend.size(query, key)
    for first in range(0, query.shape[-2], size):
        yield first, query[..., first : first + size, :]


def _traced(attend: _Block, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """Says the same to a compiler, which lays out memory itself."""
    found = [
        checkpoint(attend, rows, key, value, first, use_reentrant=False)
        for first, rows in _blocks(attend, query, key)
    ]
    return torch.cat(cast(list[Tensor], found), -2)


def _rows_of(caller: str, bias: Tensor, query: Tensor, key: Tensor) -> BlockBias:
    require(
        tuple(bias.shape) == (query.shape[-2], query.shape[-3], key.shape[-3]),
        caller,
        "bias must have the shape [heads, num_targets, num_sources]",
        {"bias": bias, "query": query, "key": key},
    )

    def block(targets: Tensor, sources: Tensor) -> Tensor:
        return bias[:, targets, : len(sources)]

    return block

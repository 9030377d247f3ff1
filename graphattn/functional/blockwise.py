"""Full attention a block of queries at a time, with any bias of pairs."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

import torch
from jaxtyping import Float, Int
from torch import Tensor

from graphattn._errors import require
from graphattn.functional.blocks import Block, BlockBias, in_blocks
from graphattn.functional.checks import autocast, check_full, seed_for
from graphattn.functional.full import set_pointers
from graphattn.functional.normalization import check_normalization


def blockwise_attention(
    query: Float[Tensor, "*batch num_targets heads head_dim"],
    key: Float[Tensor, "*batch num_sources heads head_dim"],
    value: Float[Tensor, "*batch num_sources heads value_dim"],
    *,
    bias: Float[Tensor, "heads num_targets num_sources"] | BlockBias | None = None,
    learned: Iterable[Tensor] = (),
    batch: Int[Tensor, " num_targets"]
    | tuple[Int[Tensor, " num_sources"], Int[Tensor, " num_targets"]]
    | None = None,
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
        batch: As in `full_attention`; sets are taken one after the other. A bias is
            then a function, of numbers among all rows.
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
        require(
            batch is None,
            caller,
            "with batch a bias must be a function, for no set has all pairs",
            {"batch": batch},
        )
    elif bias is not None:
        _check_learned(caller, bias, learned, query)
    block = Block(
        bias,
        memory if causal else None,
        query.shape[-1] ** -0.5 if scale is None else scale,
        dropout,
        seed_for(dropout, query.device),
        normalization,
    )
    if batch is None:
        return _attend(block, query, key, value, learned)
    require(
        memory == 0,
        caller,
        "memory comes before the queries of one set; leave out batch",
        {"memory": memory, "batch": batch},
    )
    source, target = (batch, batch) if isinstance(batch, Tensor) else batch
    pointers = set_pointers(caller, source, target, key, query)
    bounds = zip(*(pairwise(ptr.tolist()) for ptr in pointers), strict=True)
    found = [
        _attend(
            replace(block, first_target=first_target, first_source=first_source),
            query[first_target:end_target],
            key[first_source:end_source],
            value[first_source:end_source],
            learned,
        )
        for (first_source, end_source), (first_target, end_target) in bounds
    ]
    return torch.cat(found) if found else value.new_zeros(0, *value.shape[1:])


def _attend(
    block: Block, query: Tensor, key: Tensor, value: Tensor, learned: list[Tensor]
) -> Tensor:
    """Attends within one set, or many of one size, `[..., num_nodes, heads, _]`."""
    shape = (*query.shape[:-1], value.shape[-1])
    query, key, value = (rows.transpose(-2, -3) for rows in (query, key, value))
    if query.numel() == 0 or key.numel() == 0:
        return value.new_zeros(shape)
    out = in_blocks(block, query, key, value, learned)
    return out.transpose(-2, -3)


def _rows_of(caller: str, bias: Tensor, query: Tensor, key: Tensor) -> BlockBias:
    require(
        tuple(bias.shape) == (query.shape[-2], query.shape[-3], key.shape[-3]),
        caller,
        "bias must have the shape [heads, num_targets, num_sources]",
        {"bias": bias, "query": query, "key": key},
    )

    def rows(targets: Tensor, sources: Tensor) -> Tensor:
        return bias[:, targets, : len(sources)]

    return rows


def _check_learned(
    caller: str, bias: BlockBias, learned: list[Tensor], query: Tensor
) -> None:
    """Checks that a function's gradients have somewhere to go."""
    if learned or not torch.is_grad_enabled():
        return
    first = torch.zeros(1, dtype=torch.int64, device=query.device)
    require(
        not query.numel() or not bias(first, first).requires_grad,
        caller,
        "the bias reads tensors that require gradients; pass them as learned "
        "(a module's parameters(), for example)",
        {"learned": learned},
    )

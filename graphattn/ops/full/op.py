"""`graphattn::full`: full attention within each of many ragged sets."""

from typing import Any

import torch
from torch import Tensor

from graphattn.ops.define import define, join
from graphattn.ops.full import native, portable
from graphattn.ops.segments import accumulation_dtype

full = define("full", portable.forward, native.forward, "full")
full_backward = define("full_backward", portable.backward, native.backward, "full")


@torch.library.register_fake(full)
def _(query: Tensor, key: Tensor, value: Tensor, *_: Any) -> tuple[Tensor, Tensor]:
    return (
        value.new_empty(*query.shape[:2], value.shape[2]),
        value.new_empty(query.shape[:2], dtype=accumulation_dtype(value.dtype)),
    )


@torch.library.register_fake(full_backward)
def _(
    grad_out: Tensor,
    grad_logsumexp: Tensor,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    *_: Any,
) -> tuple[Tensor, Tensor, Tensor]:
    return (
        query.new_empty(query.shape),
        key.new_empty(key.shape),
        value.new_empty(value.shape),
    )


def _save(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, Tensor]) -> None:
    *tensors, ctx.causal, ctx.scale, ctx.dropout, seed = inputs
    ctx.save_for_backward(*tensors, *output, seed)


def _gradient(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
    *tensors, seed = ctx.saved_tensors
    found = full_backward(*grads, *tensors, ctx.causal, ctx.scale, ctx.dropout, seed)
    return (*found, None, None, None, None, None, None)


join(full, full_backward, _save, _gradient)

"""`graphattn::weighted` and `graphattn::edge_product`: each is the other's gradient."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from graphattn.ops.weighted import portable

weighted: Any = torch.library.custom_op(
    "graphattn::weighted", portable.weighted, mutates_args=()
)
product: Any = torch.library.custom_op(
    "graphattn::edge_product", portable.product, mutates_args=()
)


@weighted.register_fake
def _(value: Tensor, edge_weight: Tensor, rowptr: Tensor, *_: Any) -> Tensor:
    heads = max(value.shape[1], edge_weight.shape[1])
    return value.new_empty(rowptr.shape[0] - 1, heads, value.shape[2])


@product.register_fake
def _(
    target: Tensor, source: Tensor, rowptr: Tensor, col: Tensor, *rest: Any
) -> Tensor:
    return target.new_empty(col.shape[0], 1 if rest[-1] else target.shape[1])


def _reversed(compressed: Sequence[Tensor]) -> tuple[Tensor, ...]:
    """Returns the view in which sources attend to targets."""
    return (*compressed[3:], *compressed[:3])


def _save(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
    ctx.save_for_backward(*inputs[:8])
    ctx.shared = inputs[8] if len(inputs) > 8 else False


def _weighted_gradient(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
    value, edge_weight, *compressed = ctx.saved_tensors
    d_value = d_weight = None
    if ctx.needs_input_grad[0]:
        d_value = weighted(grad, edge_weight, *_reversed(compressed))
        d_value = d_value.sum_to_size(value.shape)
    if ctx.needs_input_grad[1]:
        d_weight = product(grad, value, *compressed, edge_weight.shape[1] == 1)
    return d_value, d_weight, *[None] * 6


def _product_gradient(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
    target, source, *compressed = ctx.saved_tensors
    d_target = d_source = None
    if ctx.needs_input_grad[0]:
        whole = source.expand(-1, target.shape[1], -1)
        d_target = weighted(whole, grad, *compressed)
    if ctx.needs_input_grad[1]:
        d_source = weighted(target, grad, *_reversed(compressed))
        d_source = d_source.sum_to_size(source.shape)
    return d_target, d_source, *[None] * 7


weighted.register_autograd(_weighted_gradient, setup_context=_save)
product.register_autograd(_product_gradient, setup_context=_save)

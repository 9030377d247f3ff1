"""How an attention op is registered: shapes and gradient are the same for every score.

An op's schema is the signature of its portable `forward`: differentiable tensors
first, then the mask, the compressed rows and columns, settings, and the seed. Its
`backward` takes the gradients of the three outputs, forward's tensors, the outputs,
the settings and the seed, and one flag `NAME_grad` for each edge tensor whose gradient
is computed only where it is wanted. Saved for backward are the inputs and the outputs;
nothing per edge and head.
"""

import inspect
from types import ModuleType
from typing import Any

import torch
from torch import Tensor

from graphattn.ops.kernels import NATIVE
from graphattn.ops.segments import accumulation_dtype

_FLAG = "_grad"


def attention_op(
    name: str, portable: ModuleType, native: ModuleType
) -> tuple[Any, Any]:
    """Registers `graphattn::NAME` and its backward, and joins them in autograd.

    Args:
        name: Of the op, without the namespace.
        portable: The module whose `forward` and `backward` are the default bodies.
        native: The module whose `forward` and `backward` run on CPU where the
            compiled library is there.

    Returns:
        The two ops.
    """
    op: Any = torch.library.custom_op(
        f"graphattn::{name}", portable.forward, mutates_args=()
    )
    backward: Any = torch.library.custom_op(
        f"graphattn::{name}_backward", portable.backward, mutates_args=()
    )
    inputs = list(inspect.signature(portable.forward).parameters)
    flags = [
        flag.removesuffix(_FLAG)
        for flag in inspect.signature(portable.backward).parameters
        if flag.endswith(_FLAG)
    ]
    _register_shapes(op, backward, inputs, flags)
    _register_gradient(op, backward, inputs, flags)
    if NATIVE:
        op.register_kernel("cpu")(native.forward)
        backward.register_kernel("cpu")(native.backward)
    return op, backward


def _register_shapes(
    op: Any, backward: Any, inputs: list[str], flags: list[str]
) -> None:
    def forward_shapes(*args: Any) -> tuple[Tensor, Tensor, Tensor]:
        given = dict(zip(inputs, args, strict=True))
        value, edge_attr = given["value"], given["edge_attr"]
        rows = given["rowptr"].shape[0] - 1
        heads, width = value.shape[1:]
        edge_width = 0 if edge_attr is None else edge_attr.shape[1]
        dtype = accumulation_dtype(value.dtype)
        return (
            value.new_empty(rows, heads, width),
            value.new_empty(rows, heads, edge_width),
            value.new_empty(rows, heads, dtype=dtype),
        )

    def backward_shapes(*args: Any) -> tuple[Tensor, ...]:
        given = dict(zip(inputs, args[3:], strict=False))
        wanted = dict(zip(flags, args[len(args) - len(flags) :], strict=True))
        value = given["value"]
        return tuple(
            value.new_empty(0)
            if given[name] is None or not wanted.get(name, True)
            else given[name].new_empty(given[name].shape)
            for name in _differentiable(inputs)
        )

    op.register_fake(forward_shapes)
    backward.register_fake(backward_shapes)


def _register_gradient(
    op: Any, backward: Any, inputs: list[str], flags: list[str]
) -> None:
    def save(ctx: Any, inputs: tuple[Any, ...], output: tuple[Tensor, ...]) -> None:
        *body, seed = inputs
        tensors = [item for item in body if item is None or isinstance(item, Tensor)]
        ctx.settings = body[len(tensors) :]
        ctx.save_for_backward(*tensors, *output, seed)

    def gradient(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        *tensors, seed = ctx.saved_tensors
        wanted = dict(zip(inputs, ctx.needs_input_grad, strict=True))
        asked = [wanted[name] for name in flags]
        found = backward(*grads, *tensors, *ctx.settings, seed, *asked)
        given = dict(zip(_differentiable(inputs), found, strict=True))
        return tuple(given[name] if wanted[name] else None for name in inputs)

    op.register_autograd(gradient, setup_context=save)


def _differentiable(inputs: list[str]) -> list[str]:
    return inputs[: inputs.index("edge_mask")]

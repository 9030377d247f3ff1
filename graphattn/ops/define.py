"""How an attention op is registered: shapes and gradient are the same for every score.

An op's schema is the signature of its portable `forward`: differentiable tensors
first, then the mask, the compressed rows and columns, settings, and the seed. Its
`backward` takes the gradients of the three outputs, forward's tensors, the outputs,
the settings and the seed, and one flag `NAME_grad` for each edge tensor whose gradient
is computed only where it is wanted. Saved for backward are the inputs and the outputs;
nothing per edge and head.
"""

from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import Any

import torch
from torch import Tensor

from graphattn.ops.kernels import NATIVE, TRITON
from graphattn.ops.schema import differentiable, flagged, names_of
from graphattn.ops.segments import accumulation_dtype


def attention_op(
    name: str, portable: ModuleType, native: ModuleType
) -> tuple[Any, Any]:
    """Registers `graphattn::NAME` and its backward, and joins them in autograd.

    Args:
        name: Of the op, without the namespace.
        portable: The module whose `forward` and `backward` are the default bodies.
        native: The module whose `forward` and `backward` run on CPU where the
            compiled library is there. Those of the module `triton` beside it run on
            CUDA where Triton is there, and are imported when first called.

    Returns:
        The two ops.
    """
    op = define(name, portable.forward, native.forward, name)
    backward = define(f"{name}_backward", portable.backward, native.backward, name)
    inputs, flags = names_of(portable.forward), flagged(names_of(portable.backward))
    _register_shapes(op, backward, inputs, flags)
    _register_gradient(op, backward, inputs, flags)
    return op, backward


def define(
    name: str,
    portable: Callable[..., Any],
    native: Callable[..., Any],
    triton: str | None = None,
) -> Any:
    """Returns the op `graphattn::NAME`: fused where it can be, `portable` elsewhere.

    Args:
        name: Of the op, without the namespace.
        portable: The body on any device; its signature is the op's schema.
        native: The body on CPU, where the compiled library is there.
        triton: The folder in `graphattn.ops` whose module `triton` has a function of
            the name of `portable`, which runs on CUDA where Triton is there; it is
            imported when first called.
    """
    qualified = f"graphattn::{name}"
    schema = torch.library.infer_schema(portable, mutates_args=())
    torch.library.define(qualified, schema, tags=(torch.Tag.pt2_compliant_tag,))
    torch.library.impl(qualified, "default", portable)
    if NATIVE:
        torch.library.impl(qualified, "cpu", native)
    if TRITON and triton is not None:

        def on_cuda(*inputs: Any) -> Any:
            module = import_module(f"graphattn.ops.{triton}.triton")
            return getattr(module, portable.__name__)(*inputs)

        torch.library.impl(qualified, "cuda", on_cuda)
    return getattr(torch.ops.graphattn, name).default


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
            for name in differentiable(inputs)
        )

    torch.library.register_fake(op, forward_shapes)
    torch.library.register_fake(backward, backward_shapes)


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
        given = dict(zip(differentiable(inputs), found, strict=True))
        return tuple(given[name] if wanted[name] else None for name in inputs)

    join(op, backward, save, gradient)


def join(
    op: Any, backward: Any, save: Callable[..., None], gradient: Callable[..., Any]
) -> None:
    """Registers an op's gradient, and that its backward op has none.

    Args:
        op: As `define` returned it.
        backward: The op that finds the gradient.
        save: Takes the context, the inputs and the outputs of a call.
        gradient: Takes the context and the gradients of the outputs; returns those of
            the inputs.
    """

    def refuse(_: Any, *grads: Tensor) -> None:
        raise RuntimeError(
            f"{op.name()}: there is no second derivative; call autograd without "
            "create_graph, or use attention_weights, which has one"
        )

    _differentiate(op, save, gradient)
    _differentiate(backward, lambda *_: None, refuse)


def _differentiate(
    op: Any, save: Callable[..., None], gradient: Callable[..., Any]
) -> None:
    """Registers what autograd does with one op.

    `torch.library.register_autograd` would read the schema anew for every argument of
    every call, which on a small graph costs more than the kernel.
    """

    class Gradient(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, *inputs: Any) -> tuple[Tensor, ...]:
            output = below(*inputs)
            save(ctx, inputs, output)
            return output

        backward = staticmethod(gradient)

    def below(*inputs: Any) -> tuple[Tensor, ...]:
        with torch._C._AutoDispatchBelowAutograd():
            return op(*inputs)

    def attend(*inputs: Any) -> tuple[Tensor, ...]:
        return (Gradient.apply if torch.is_grad_enabled() else below)(*inputs)

    torch.library.impl(op.name(), "Autograd", attend)

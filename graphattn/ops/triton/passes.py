"""Forward and backward of any score: what is allocated, and what is launched."""

from collections.abc import Callable
from types import ModuleType
from typing import Any, NamedTuple

import torch
from torch import Tensor

from graphattn.ops import schema
from graphattn.ops.schema import Given
from graphattn.ops.segments import accumulation_dtype
from graphattn.ops.triton.forward import forward_kernel
from graphattn.ops.triton.launch import (
    ARGUMENTS,
    Arguments,
    Side,
    drops,
    on_device,
    packed,
    run,
)
from graphattn.ops.triton.merge import merge_softmax
from graphattn.ops.triton.sources import edge_key_weight_kernel, sources_kernel
from graphattn.ops.triton.targets import targets_kernel

# Into how many sums over edges the gradient of W is cut at most, and their features.
_SPANS, _FEATURES = 1024, 4


def attention_kernels(
    score: str, portable: ModuleType
) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """Returns `forward` and `backward` of a score, in Triton.

    Args:
        score: ``"dot"``, ``"additive"`` or ``"gat"``.
        portable: The module whose functions say which arguments there are.
    """
    inputs = schema.differentiable(schema.names_of(portable.forward))

    def gradients(given: Given) -> tuple[Tensor, ...]:
        wanted = {name for name in inputs if schema.is_wanted(given, name)}
        grads, saved = schema.output_grads(given), schema.outputs(given)
        found = backward(Arguments.of(score, given), grads, saved, wanted)
        return tuple(getattr(found, ARGUMENTS.get(name, name)) for name in inputs)

    return (
        schema.by_name(
            portable.forward, lambda given: forward(Arguments.of(score, given))
        ),
        schema.by_name(portable.backward, gradients),
    )


def forward(given: Arguments) -> tuple[Tensor, Tensor, Tensor]:
    """Runs the forward pass of any score; returns the op's outputs."""
    value, sizes = given.value, given.widths
    heads, width, edge_width = sizes["H"], sizes["D"], sizes["F"]
    side = Side.of(*given.structure[:3])
    count, dtype = side.num_rows, accumulation_dtype(value.dtype)
    out = value.new_empty(count, heads, width)
    edge_out = value.new_empty(count, heads, edge_width)
    logsumexp = value.new_empty(count, heads, dtype=dtype)
    parts = [side.part(value, heads, width), side.part(value, heads, edge_width)]
    parts += [side.part(value, heads), side.part(value, heads)]
    tile = given.tile(side)
    grid, hubs = side.grid(tile)
    with on_device(value):
        run(
            forward_kernel, grid, tile, *given.scored(), *side[:3],
            out, edge_out, logsumexp, *parts, **side.sizes(hubs), **sizes,
            **given.constants, **drops(given.dropout),
        )  # fmt: skip
        if side.num_chunks:
            edge_part = parts[1] if edge_width else None
            kernel: Any = merge_softmax
            kernel[(side.num_chunks,)](
                side.pointers, parts[0], edge_part, *parts[2:], out, edge_out,
                logsumexp, side.num_rows, *side.searched,
                **{name: sizes[name] for name in ("H", "D", "F")},
                **{name: sizes[name] for name in ("HP", "DP", "FP", "ACC")},
                num_warps=1,
            )  # fmt: skip
    return out, edge_out, logsumexp


class Gradients(NamedTuple):
    """What the backward pass of any score finds; empty where there is none."""

    query: Tensor
    key: Tensor
    value: Tensor
    weight: Tensor
    edge_query: Tensor
    edge_attr: Tensor
    edge_key_weight: Tensor
    edge_score: Tensor
    edge_bias: Tensor


def backward(
    given: Arguments,
    grads: tuple[Tensor, Tensor, Tensor],
    saved: tuple[Tensor, Tensor, Tensor],
    wanted: set[str],
) -> Gradients:
    """Runs the backward pass of any score; finds the edges' gradients in `wanted`."""
    value, side = given.value, Side.of(*given.structure[:3])
    dtype = accumulation_dtype(value.dtype)
    shape = (len(side.other), value.shape[1])
    weights, slot_score = (value.new_empty(shape, dtype=dtype) for _ in range(2))
    query = given.query.new_empty(given.query.shape)
    weight = None
    if given.weight is not None:
        weight = value.new_empty(side.num_rows, *given.weight.shape, dtype=dtype)
    edge_query = _fresh(given.edge_query)
    edge_attr = _fresh(given.edge_attr if "edge_attr" in wanted else None)
    edge_bias = _fresh(given.edge_bias if "edge_bias" in wanted else None)
    edge_key_weight = None
    found = (weights, slot_score, query, weight, edge_query, edge_attr, edge_bias)
    with on_device(value):
        _targets(given, side, grads, saved, found)
        key, d_value = _sources(given, grads[0], weights, slot_score)
        if given.edge_key_weight is not None:
            edge_key_weight = _edge_key_weight(given, side, slot_score)
    if weight is not None:
        weight = weight.sum(0).to(value.dtype)
    nothing = value.new_empty(0)
    return Gradients(
        query=query,
        key=key,
        value=d_value,
        weight=nothing if weight is None else weight,
        edge_query=nothing if edge_query is None else edge_query,
        edge_attr=nothing if edge_attr is None else edge_attr,
        edge_key_weight=nothing if edge_key_weight is None else edge_key_weight,
        edge_bias=nothing if edge_bias is None else edge_bias,
        # The gradient of the score is that of GAT's logit, in edge id order.
        edge_score=slot_score.to(value.dtype) if "edge_score" in wanted else nothing,
    )


def _fresh(like: Tensor | None) -> Tensor | None:
    return None if like is None else like.new_empty(like.shape)


def _targets(
    given: Arguments,
    side: Side,
    grads: tuple[Tensor, Tensor, Tensor],
    saved: tuple[Tensor, Tensor, Tensor],
    found: tuple[Tensor | None, ...],
) -> None:
    """Launches the pass over the targets, and merges its hubs."""
    _, _, query, weight, edge_query, *_ = found
    summed = [query, weight, edge_query]
    parts = [
        None if t is None else side.part(given.value, *t.shape[1:]) for t in summed
    ]
    tile = given.tile(side)
    grid, hubs = side.grid(tile)
    run(
        targets_kernel, grid, tile, *map(packed, grads), *given.scored(), *side[:3],
        *map(packed, saved), *found, *parts, **side.sizes(hubs), **given.widths,
        **given.constants, **drops(given.dropout),
    )  # fmt: skip
    for part, total in zip(parts, summed, strict=True):
        if part is not None and total is not None:
            side.merge(part, total)


def _sources(
    given: Arguments, grad_out: Tensor, weights: Tensor, slot_score: Tensor
) -> tuple[Tensor, Tensor]:
    """Returns the gradients of keys and values."""
    side = Side.of(*given.structure[3:])
    key, value = (t.new_empty(t.shape) for t in (given.key, given.value))
    parts = [side.part(given.value, *t.shape[1:]) for t in (key, value)]
    tile, sizes = given.tile(side), given.widths
    grid, hubs = side.grid(tile)
    query, keys, _, weight, _, attr, edge_key_weight, *_ = given.scored()
    del sizes["FP"], sizes["MASK_H"]
    run(
        sources_kernel, grid, tile, packed(grad_out), query, keys, weight, attr,
        edge_key_weight, weights, slot_score, *side[:3], key, value, *parts,
        **side.sizes(hubs), **sizes, **given.constants,
    )  # fmt: skip
    for part, total in zip(parts, (key, value), strict=True):
        side.merge(part, total)
    return key, value


def _edge_key_weight(given: Arguments, side: Side, slot_score: Tensor) -> Tensor:
    """Returns the gradient of `W`: sums over spans of slots, added up in order."""
    query, key, _, weight, _, attr, edge_key_weight, *_ = given.scored()
    assert edge_key_weight is not None
    num_edges, features = len(side.other), edge_key_weight.shape[0]
    sizes = given.widths
    for name in ("D", "DP", "FP", "MASK_H"):
        del sizes[name]
    tile = given.tile(side, kept=_FEATURES)
    span = max(-(-num_edges // _SPANS), 64)
    spans = -(-num_edges // span)
    rows = torch.arange(side.num_rows, device=slot_score.device, dtype=torch.int32)
    owner = rows.repeat_interleave(side.pointers.diff(), output_size=num_edges)
    part = slot_score.new_empty(spans, *edge_key_weight.shape)
    if spans and part.numel():
        kernel: Any = edge_key_weight_kernel
        kernel[(spans, -(-features // _FEATURES))](
            query, key, weight, attr, edge_key_weight, slot_score, owner,
            side.other, side.perm, part, num_edges, span,
            **sizes, slope=given.slope, SCORE=given.score, FB=_FEATURES,
            E=tile.edges, num_warps=tile.warps,
        )  # fmt: skip
    return part.sum(0).to(edge_key_weight.dtype)

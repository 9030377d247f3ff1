"""Additive attention along edges, in PyTorch gathers and scatters."""

from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn.functional import leaky_relu

from graphattn.ops.segments import add_rows, chunks
from graphattn.ops.softmax import (
    Gradients,
    Slots,
    absent,
    attend,
    attend_backward,
    constrain,
    slots,
    wide,
)


def _sums(
    query: Tensor,
    key: Tensor,
    edge_attr: Tensor | None,
    edge_key_weight: Tensor | None,
    at: Slots,
) -> Iterator[tuple[slice, Tensor]]:
    """Yields `q_i + k_j + W e_ij`, a chunk of slots at a time."""
    for part in chunks(len(at.target), query.shape[1] * query.shape[2]):
        total = query.index_select(0, at.target[part])
        total = total + key.index_select(0, at.source[part])
        if edge_attr is not None and edge_key_weight is not None:
            picked = edge_attr.index_select(0, at.edge[part])
            total = total + torch.einsum("ef,fhc->ehc", picked, edge_key_weight)
        yield part, total


def _act(total: Tensor, activation: str, negative_slope: float) -> Tensor:
    if activation == "tanh":
        return total.tanh()
    return leaky_relu(total, negative_slope)


def _slope(total: Tensor, activation: str, negative_slope: float) -> Tensor:
    if activation == "tanh":
        return 1.0 - total.tanh().square()
    return (total > 0).to(total.dtype) * (1.0 - negative_slope) + negative_slope


def forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    weight: Tensor,
    edge_attr: Tensor | None,
    edge_key_weight: Tensor | None,
    edge_bias: Tensor | None,
    edge_mask: Tensor | None,
    rowptr: Tensor,
    col: Tensor,
    perm: Tensor,
    colptr: Tensor,
    row: Tensor,
    csc_perm: Tensor,
    activation: str,
    negative_slope: float,
    dropout: float,
    seed: Tensor | None,
) -> tuple[Tensor, Tensor, Tensor]:
    r"""Attends along edges by `w . act(q_i + k_j + W e_ij) + b_ij`.

    Args:
        query: `[num_targets, heads, width]`.
        key: `[num_sources, heads, width]`.
        value: `[num_sources, heads, value_width]`.
        weight: `w`, `[heads, width]`.
        edge_attr: `e`, `[num_edges, edge_width]`.
        edge_key_weight: `W`, `[edge_width, heads, width]`; None scores no `e`.
        edge_bias: `b`, `[num_edges, heads]`, in nats.
        edge_mask: As for `graphattn::dot`, like all that follows.
        rowptr: Where each target's slots begin.
        col: Source of each CSR slot.
        perm: Edge id of each CSR slot.
        colptr: Where each source's slots begin in the CSC.
        row: Target of each CSC slot.
        csc_perm: Edge id of each CSC slot.
        activation: ``"leaky_relu"`` or ``"tanh"``.
        negative_slope: Of the leaky ReLU.
        dropout: Probability that a weight is dropped.
        seed: One int64 that fixes what is dropped; None drops nothing.

    Returns:
        As for `graphattn::dot`.
    """
    dtype, at = query.dtype, slots(rowptr, col, perm, colptr)
    operands = wide(query), wide(key), wide(edge_attr), wide(edge_key_weight)
    scores = _scores(*operands, wide(weight), at, activation, negative_slope)
    scores = constrain(scores, at, wide(edge_bias), edge_mask)
    out, edge_out, logsumexp = attend(
        scores, wide(value), wide(edge_attr), at, dropout, seed
    )
    return out.to(dtype), edge_out.to(dtype), logsumexp


def _scores(
    query: Tensor,
    key: Tensor,
    edge_attr: Tensor | None,
    edge_key_weight: Tensor | None,
    weight: Tensor,
    at: Slots,
    activation: str,
    negative_slope: float,
) -> Tensor:
    scores = query.new_empty(len(at.target), query.shape[1])
    for part, total in _sums(query, key, edge_attr, edge_key_weight, at):
        scores[part] = (_act(total, activation, negative_slope) * weight).sum(-1)
    return scores


def backward(
    grad_out: Tensor,
    grad_edge_out: Tensor,
    grad_logsumexp: Tensor,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    weight: Tensor,
    edge_attr: Tensor | None,
    edge_key_weight: Tensor | None,
    edge_bias: Tensor | None,
    edge_mask: Tensor | None,
    rowptr: Tensor,
    col: Tensor,
    perm: Tensor,
    colptr: Tensor,
    row: Tensor,
    csc_perm: Tensor,
    out: Tensor,
    edge_out: Tensor,
    logsumexp: Tensor,
    activation: str,
    negative_slope: float,
    dropout: float,
    seed: Tensor | None,
    edge_attr_grad: bool,
    edge_bias_grad: bool,
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]:
    """Returns the gradients of `forward`'s first seven inputs, recomputing the rest.

    Args: those of `forward`'s outputs, its inputs, its outputs, its settings, then:
        edge_attr_grad: Whether the gradient of `edge_attr` is wanted.
        edge_bias_grad: Whether the gradient of `edge_bias` is wanted.

    Returns:
        Gradients of query, key, value, weight, edge_attr, edge_key_weight and
        edge_bias; empty where there is no such input or its gradient is not wanted.
    """
    dtype, at = query.dtype, slots(rowptr, col, perm, colptr)
    operands = wide(query), wide(key), wide(edge_attr), wide(edge_key_weight)
    weight = wide(weight)
    scores = _scores(*operands, weight, at, activation, negative_slope)
    grads = attend_backward(
        (wide(grad_out), wide(grad_edge_out), grad_logsumexp),
        (wide(out), wide(edge_out), logsumexp),
        constrain(scores, at, wide(edge_bias), edge_mask),
        wide(value),
        wide(edge_attr),
        at,
        dropout,
        seed,
    )
    found = _sum_gradients(*operands, weight, at, activation, negative_slope, grads)
    d_query, d_key, d_weight, d_edge_key_weight = found
    return (
        d_query.to(dtype),
        d_key.to(dtype),
        grads.value.to(dtype),
        d_weight.to(dtype),
        (grads.edge_attr if edge_attr_grad else absent(weight)).to(dtype),
        d_edge_key_weight.to(dtype),
        (grads.edge_bias if edge_bias_grad else absent(weight)).to(dtype),
    )


def _sum_gradients(
    query: Tensor,
    key: Tensor,
    edge_attr: Tensor | None,
    edge_key_weight: Tensor | None,
    weight: Tensor,
    at: Slots,
    activation: str,
    negative_slope: float,
    grads: Gradients,
) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Takes the scores' gradient through the activation; adds to `grads.edge_attr`."""
    d_query, d_key = query.new_zeros(query.shape), key.new_zeros(key.shape)
    d_weight, d_edge_key_weight = weight.new_zeros(weight.shape), absent(weight)
    if edge_key_weight is not None:
        d_edge_key_weight = edge_key_weight.new_zeros(edge_key_weight.shape)
    for part, total in _sums(query, key, edge_attr, edge_key_weight, at):
        slot_score = grads.slot_score[part].unsqueeze(-1)
        d_weight += (_act(total, activation, negative_slope) * slot_score).sum(0)
        d_total = _slope(total, activation, negative_slope) * weight * slot_score
        add_rows(d_query, d_total, at.target[part])
        add_rows(d_key, d_total, at.source[part])
        if edge_attr is not None and edge_key_weight is not None:
            edge = at.edge[part]
            d_edge_key_weight += torch.einsum(
                "ef,ehc->fhc", edge_attr.index_select(0, edge), d_total
            )
            grads.edge_attr[edge] += torch.einsum(
                "ehc,fhc->ef", d_total, edge_key_weight
            )
    return d_query, d_key, d_weight, d_edge_key_weight

"""Scaled dot product attention along edges, in PyTorch gathers and scatters."""

from torch import Tensor

from graphattn.ops.segments import row_dot, weighted_sum
from graphattn.ops.softmax import (
    Slots,
    absent,
    attend,
    attend_backward,
    constrain,
    head_sum,
    slots,
    wide,
)


def _scores(
    query: Tensor,
    key: Tensor,
    edge_query: Tensor | None,
    edge_attr: Tensor | None,
    at: Slots,
    scale: float,
) -> Tensor:
    scores = row_dot(query, at.target, key, at.source)
    if edge_query is not None and edge_attr is not None:
        scores += row_dot(edge_query, at.target, edge_attr, at.edge)
    return scores * scale


def forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    edge_query: Tensor | None,
    edge_attr: Tensor | None,
    edge_bias: Tensor | None,
    edge_mask: Tensor | None,
    rowptr: Tensor,
    col: Tensor,
    perm: Tensor,
    colptr: Tensor,
    row: Tensor,
    csc_perm: Tensor,
    scale: float,
    dropout: float,
    seed: Tensor | None,
) -> tuple[Tensor, Tensor, Tensor]:
    r"""Attends along edges by `scale * (q_i . k_j + u_i . e_ij) + b_ij`.

    Args:
        query: `[num_targets, heads, width]`.
        key: `[num_sources, heads, width]`.
        value: `[num_sources, heads, value_width]`.
        edge_query: `u`, `[num_targets, heads, edge_width]`; needs `edge_attr`.
        edge_attr: `e`, `[num_edges, edge_width]`, in edge id order.
        edge_bias: `b`, `[num_edges, heads]`, in edge id order, in nats.
        edge_mask: `[num_edges, 1]` or `[num_edges, heads]`; True = may attend.
        rowptr: This and the next five as `graphattn::compress` returns them.
        col: Source of each CSR slot.
        perm: Edge id of each CSR slot.
        colptr: Where each source's slots begin in the CSC.
        row: Target of each CSC slot.
        csc_perm: Edge id of each CSC slot.
        scale: Factor on the dot products.
        dropout: Probability that a weight is dropped.
        seed: One int64 that fixes what is dropped; None drops nothing.

    Returns:
        `sum_j p_ij v_j` as `[num_targets, heads, value_width]`; `sum_j p_ij e_ij` as
        `[num_targets, heads, edge_width]` (width 0 without `edge_attr`); and the
        logsumexp of the scores as `[num_targets, heads]`, -inf for an empty row.
    """
    dtype, at = query.dtype, slots(rowptr, col, perm, colptr)
    query, key, value = wide(query), wide(key), wide(value)
    edge_query, edge_attr = wide(edge_query), wide(edge_attr)
    scores = _scores(query, key, edge_query, edge_attr, at, scale)
    scores = constrain(scores, at, wide(edge_bias), edge_mask)
    out, edge_out, logsumexp = attend(scores, value, edge_attr, at, dropout, seed)
    return out.to(dtype), edge_out.to(dtype), logsumexp


def backward(
    grad_out: Tensor,
    grad_edge_out: Tensor,
    grad_logsumexp: Tensor,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    edge_query: Tensor | None,
    edge_attr: Tensor | None,
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
    scale: float,
    dropout: float,
    seed: Tensor | None,
    edge_attr_grad: bool,
    edge_bias_grad: bool,
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]:
    """Returns the gradients of `forward`'s first six inputs, recomputing the weights.

    Args: those of `forward`'s outputs, its inputs, its outputs, its settings, then:
        edge_attr_grad: Whether the gradient of `edge_attr` is wanted.
        edge_bias_grad: Whether the gradient of `edge_bias` is wanted.

    Returns:
        Gradients of query, key, value, edge_query, edge_attr and edge_bias; empty
        where there is no such input or its gradient is not wanted.
    """
    dtype, at = query.dtype, slots(rowptr, col, perm, colptr)
    query, key, value = wide(query), wide(key), wide(value)
    edge_query, edge_attr = wide(edge_query), wide(edge_attr)
    scores = _scores(query, key, edge_query, edge_attr, at, scale)
    scores = constrain(scores, at, wide(edge_bias), edge_mask)
    grads = attend_backward(
        (wide(grad_out), wide(grad_edge_out), grad_logsumexp),
        (wide(out), wide(edge_out), logsumexp),
        scores,
        value,
        edge_attr,
        at,
        dropout,
        seed,
    )
    slot_dot = grads.slot_score * scale
    d_query = weighted_sum(slot_dot, key, at.source, at.target, at.num_targets)
    d_key = weighted_sum(slot_dot, query, at.target, at.source, at.num_sources)
    d_edge_query, d_edge_attr = absent(query), absent(query)
    if edge_query is not None and edge_attr is not None:
        d_edge_query = weighted_sum(
            slot_dot, edge_attr, at.edge, at.target, at.num_targets
        )
    if edge_attr_grad:
        d_edge_attr = grads.edge_attr
        if edge_query is not None:
            d_edge_attr[at.edge] += head_sum(slot_dot, edge_query, at.target)
    d_bias = grads.edge_bias if edge_bias_grad else absent(query)
    return (
        d_query.to(dtype),
        d_key.to(dtype),
        grads.value.to(dtype),
        d_edge_query.to(dtype),
        d_edge_attr.to(dtype),
        d_bias.to(dtype),
    )

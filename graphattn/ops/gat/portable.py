"""GAT's attention along edges, in PyTorch gathers and scatters."""

from torch import Tensor
from torch.nn.functional import leaky_relu

from graphattn.ops.segments import segment_sum
from graphattn.ops.softmax import (
    Slots,
    absent,
    attend,
    attend_backward,
    constrain,
    slots,
    wide,
)


def _logits(
    alpha_target: Tensor, alpha_source: Tensor, edge_score: Tensor | None, at: Slots
) -> Tensor:
    logits = alpha_target.index_select(0, at.target)
    logits = logits + alpha_source.index_select(0, at.source)
    if edge_score is not None:
        logits = logits + edge_score.index_select(0, at.edge)
    return logits


def forward(
    alpha_target: Tensor,
    alpha_source: Tensor,
    value: Tensor,
    edge_attr: Tensor | None,
    edge_score: Tensor | None,
    edge_bias: Tensor | None,
    edge_mask: Tensor | None,
    rowptr: Tensor,
    col: Tensor,
    perm: Tensor,
    colptr: Tensor,
    row: Tensor,
    csc_perm: Tensor,
    negative_slope: float,
    dropout: float,
    seed: Tensor | None,
) -> tuple[Tensor, Tensor, Tensor]:
    r"""Attends along edges by `leaky_relu(s_i + t_j + c_ij) + b_ij`.

    Args:
        alpha_target: `s`, `[num_targets, heads]`.
        alpha_source: `t`, `[num_sources, heads]`.
        value: `[num_sources, heads, value_width]`.
        edge_attr: `[num_edges, edge_width]`; summed with the weights, not scored.
        edge_score: `c`, `[num_edges, heads]`.
        edge_bias: `b`, `[num_edges, heads]`, in nats.
        edge_mask: As for `graphattn::dot`, like all that follows.
        rowptr: Where each target's slots begin.
        col: Source of each CSR slot.
        perm: Edge id of each CSR slot.
        colptr: Where each source's slots begin in the CSC.
        row: Target of each CSC slot.
        csc_perm: Edge id of each CSC slot.
        negative_slope: Of the leaky ReLU.
        dropout: Probability that a weight is dropped.
        seed: One int64 that fixes what is dropped; None drops nothing.

    Returns:
        As for `graphattn::dot`.
    """
    dtype, at = value.dtype, slots(rowptr, col, perm, colptr)
    logits = _logits(wide(alpha_target), wide(alpha_source), wide(edge_score), at)
    scores = leaky_relu(logits, negative_slope)
    scores = constrain(scores, at, wide(edge_bias), edge_mask)
    out, edge_out, logsumexp = attend(
        scores, wide(value), wide(edge_attr), at, dropout, seed
    )
    return out.to(dtype), edge_out.to(dtype), logsumexp


def backward(
    grad_out: Tensor,
    grad_edge_out: Tensor,
    grad_logsumexp: Tensor,
    alpha_target: Tensor,
    alpha_source: Tensor,
    value: Tensor,
    edge_attr: Tensor | None,
    edge_score: Tensor | None,
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
    negative_slope: float,
    dropout: float,
    seed: Tensor | None,
    edge_attr_grad: bool,
    edge_score_grad: bool,
    edge_bias_grad: bool,
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]:
    """Returns the gradients of `forward`'s first six inputs, recomputing the weights.

    Args: those of `forward`'s outputs, its inputs, its outputs, its settings, then:
        edge_attr_grad: Whether the gradient of `edge_attr` is wanted.
        edge_score_grad: Whether the gradient of `edge_score` is wanted.
        edge_bias_grad: Whether the gradient of `edge_bias` is wanted.

    Returns:
        Gradients of alpha_target, alpha_source, value, edge_attr, edge_score and
        edge_bias; empty where there is no such input or its gradient is not wanted.
    """
    dtype, at = value.dtype, slots(rowptr, col, perm, colptr)
    logits = _logits(wide(alpha_target), wide(alpha_source), wide(edge_score), at)
    scores = leaky_relu(logits, negative_slope)
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
    slope = (logits > 0).to(logits.dtype) * (1.0 - negative_slope) + negative_slope
    slot_logit = grads.slot_score * slope
    d_edge_score = absent(logits)
    if edge_score_grad:
        d_edge_score = slot_logit.new_empty(slot_logit.shape)
        d_edge_score[at.edge] = slot_logit
    return (
        segment_sum(slot_logit, at.target, at.num_targets).to(dtype),
        segment_sum(slot_logit, at.source, at.num_sources).to(dtype),
        grads.value.to(dtype),
        (grads.edge_attr if edge_attr_grad else absent(logits)).to(dtype),
        d_edge_score.to(dtype),
        (grads.edge_bias if edge_bias_grad else absent(logits)).to(dtype),
    )

"""What every score shares in the portable kernels: softmax, dropout, aggregation.

A score's own kernel computes `scores [num_edges, heads]` in slot order and calls
`attend`; on the way back it gets the gradient of its scores from `attend_backward`.
"""

from typing import NamedTuple, overload

from torch import Tensor

from graphattn.ops.dropout import keep_factor
from graphattn.ops.segments import (
    accumulation_dtype,
    row_dot,
    segment_logsumexp,
    slot_owner,
    weighted_sum,
)


class Slots(NamedTuple):
    """The compressed rows as the portable kernels read them, one entry per slot."""

    target: Tensor
    source: Tensor
    edge: Tensor
    num_targets: int
    num_sources: int


def slots(rowptr: Tensor, col: Tensor, perm: Tensor, colptr: Tensor) -> Slots:
    """Expands compressed rows to one target, source and edge id per slot."""
    return Slots(
        slot_owner(rowptr), col.long(), perm.long(), len(rowptr) - 1, len(colptr) - 1
    )


@overload
def wide(tensor: Tensor) -> Tensor: ...
@overload
def wide(tensor: Tensor | None) -> Tensor | None: ...
def wide(tensor: Tensor | None) -> Tensor | None:
    """Returns the tensor in the type that sums are accumulated in."""
    return None if tensor is None else tensor.to(accumulation_dtype(tensor.dtype))


def absent(like: Tensor) -> Tensor:
    """Returns an empty tensor: what an op returns for a gradient nobody wants."""
    return like.new_empty(0)


def constrain(
    scores: Tensor, at: Slots, edge_bias: Tensor | None, edge_mask: Tensor | None
) -> Tensor:
    """Adds the bias, and sets scores that may not attend to -inf."""
    if edge_bias is not None:
        scores = scores + edge_bias.index_select(0, at.edge)
    if edge_mask is not None:
        scores = scores.masked_fill(~edge_mask.index_select(0, at.edge), float("-inf"))
    return scores


def weights_from(scores: Tensor, logsumexp: Tensor, at: Slots) -> Tensor:
    """Returns the softmax weights of each slot, 0 where a row attends to nothing."""
    shift = logsumexp.masked_fill(logsumexp == float("-inf"), 0.0)
    return (scores - shift.index_select(0, at.target)).exp()


def attend(
    scores: Tensor,
    value: Tensor,
    edge_attr: Tensor | None,
    at: Slots,
    dropout: float,
    seed: Tensor | None,
) -> tuple[Tensor, Tensor, Tensor]:
    """Returns the sums of values and of edge features, and the logsumexp per row."""
    logsumexp = segment_logsumexp(scores, at.target, at.num_targets)
    weights = weights_from(scores, logsumexp, at)
    keep = keep_factor(seed, at.edge, weights.shape[1], dropout, weights.dtype)
    weights = weights if keep is None else weights * keep
    out = weighted_sum(weights, value, at.source, at.target, at.num_targets)
    if edge_attr is None:
        return out, out.new_empty(*out.shape[:2], 0), logsumexp
    edge_out = weighted_sum(weights, edge_attr, at.edge, at.target, at.num_targets)
    return out, edge_out, logsumexp


class Gradients(NamedTuple):
    """What `attend_backward` knows: gradients in slot order where named so."""

    slot_score: Tensor
    value: Tensor
    edge_bias: Tensor
    edge_attr: Tensor


def attend_backward(
    grad: tuple[Tensor, Tensor, Tensor],
    saved: tuple[Tensor, Tensor, Tensor],
    scores: Tensor,
    value: Tensor,
    edge_attr: Tensor | None,
    at: Slots,
    dropout: float,
    seed: Tensor | None,
) -> Gradients:
    """Recomputes the weights and returns the gradients of all but the scores' inputs.

    Args:
        grad: Of the outputs: sums of values, sums of edge features, logsumexp.
        saved: The outputs themselves, in the same order.
        scores: Recomputed, in slot order.
        value: `[num_sources, heads, value_width]`.
        edge_attr: `[num_edges, edge_width]`.
        at: The compressed rows.
        dropout: Probability that a weight is dropped.
        seed: Of the dropout.
    """
    grad_out, grad_edge_out, grad_logsumexp = grad
    out, edge_out, logsumexp = saved
    weights = weights_from(scores, logsumexp, at)
    keep = keep_factor(seed, at.edge, weights.shape[1], dropout, weights.dtype)
    kept = weights if keep is None else weights * keep

    grad_weight = row_dot(grad_out, at.target, value, at.source)
    delta = (grad_out * out).sum(-1) - grad_logsumexp
    grad_edge_attr = absent(value)
    if edge_attr is not None:
        grad_weight += row_dot(grad_edge_out, at.target, edge_attr, at.edge)
        delta = delta + (grad_edge_out * edge_out).sum(-1)
        grad_edge_attr = edge_attr.new_zeros(edge_attr.shape)
        grad_edge_attr[at.edge] = head_sum(kept, grad_edge_out, at.target)
    if keep is not None:
        grad_weight = grad_weight * keep
    slot_score = weights * (grad_weight - delta.index_select(0, at.target))
    grad_value = weighted_sum(kept, grad_out, at.target, at.source, at.num_sources)
    edge_bias = slot_score.new_empty(slot_score.shape)
    edge_bias[at.edge] = slot_score
    return Gradients(slot_score, grad_value, edge_bias, grad_edge_attr)


def head_sum(weights: Tensor, rows: Tensor, index: Tensor) -> Tensor:
    """Returns for each slot the sum over heads of `weights * rows[index]`."""
    num_edges, heads = weights.shape
    out = rows.new_empty(num_edges, rows.shape[-1])
    for head in range(heads):
        term = weights[:, head, None] * rows[:, head].index_select(0, index)
        out = term if head == 0 else out + term
    return out

"""GAT's attention along edges, in Triton."""

from torch import Tensor

from graphattn.ops.triton import passes
from graphattn.ops.triton.launch import Arguments


def _arguments(
    alpha_target: Tensor,
    alpha_source: Tensor,
    value: Tensor,
    edge_attr: Tensor | None,
    edge_score: Tensor | None,
    edge_bias: Tensor | None,
    edge_mask: Tensor | None,
    structure: tuple[Tensor, ...],
    negative_slope: float,
    dropout: float,
    seed: Tensor | None,
) -> Arguments:
    return Arguments(
        score="gat",
        query=alpha_target,
        key=alpha_source,
        value=value,
        weight=None,
        edge_query=None,
        edge_attr=edge_attr,
        edge_key_weight=None,
        edge_score=edge_score,
        edge_bias=edge_bias,
        edge_mask=edge_mask,
        structure=structure,
        scale=1.0,
        slope=negative_slope,
        dropout=dropout,
        seed=seed,
    )


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
    """See `graphattn.ops.gat.portable.forward`."""
    structure = (rowptr, col, perm, colptr, row, csc_perm)
    edges = (edge_attr, edge_score, edge_bias, edge_mask)
    settings = (negative_slope, dropout, seed)
    given = _arguments(alpha_target, alpha_source, value, *edges, structure, *settings)
    return passes.forward(given)


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
    """See `graphattn.ops.gat.portable.backward`."""
    structure = (rowptr, col, perm, colptr, row, csc_perm)
    edges = (edge_attr, edge_score, edge_bias, edge_mask)
    settings = (negative_slope, dropout, seed)
    given = _arguments(alpha_target, alpha_source, value, *edges, structure, *settings)
    grads = (grad_out, grad_edge_out, grad_logsumexp)
    saved = (out, edge_out, logsumexp)
    found = passes.backward(given, grads, saved, edge_attr_grad, edge_bias_grad)
    return (
        found.query,
        found.key,
        found.value,
        found.edge_attr,
        found.slot_score.to(value.dtype) if edge_score_grad else value.new_empty(0),
        found.edge_bias,
    )

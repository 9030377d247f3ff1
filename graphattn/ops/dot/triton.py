"""Scaled dot product attention along edges, in Triton."""

from torch import Tensor

from graphattn.ops.triton import passes
from graphattn.ops.triton.launch import Arguments


def _arguments(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    edge_query: Tensor | None,
    edge_attr: Tensor | None,
    edge_bias: Tensor | None,
    edge_mask: Tensor | None,
    structure: tuple[Tensor, ...],
    scale: float,
    dropout: float,
    seed: Tensor | None,
) -> Arguments:
    return Arguments(
        score="dot",
        query=query,
        key=key,
        value=value,
        weight=None,
        edge_query=None if edge_attr is None else edge_query,
        edge_attr=edge_attr,
        edge_key_weight=None,
        edge_score=None,
        edge_bias=edge_bias,
        edge_mask=edge_mask,
        structure=structure,
        scale=scale,
        slope=0.0,
        dropout=dropout,
        seed=seed,
    )


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
    """See `graphattn.ops.dot.portable.forward`."""
    structure = (rowptr, col, perm, colptr, row, csc_perm)
    edges = (edge_query, edge_attr, edge_bias, edge_mask)
    settings = (scale, dropout, seed)
    given = _arguments(query, key, value, *edges, structure, *settings)
    return passes.forward(given)


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
    """See `graphattn.ops.dot.portable.backward`."""
    structure = (rowptr, col, perm, colptr, row, csc_perm)
    edges = (edge_query, edge_attr, edge_bias, edge_mask)
    settings = (scale, dropout, seed)
    given = _arguments(query, key, value, *edges, structure, *settings)
    grads = (grad_out, grad_edge_out, grad_logsumexp)
    saved = (out, edge_out, logsumexp)
    found = passes.backward(given, grads, saved, edge_attr_grad, edge_bias_grad)
    return (
        found.query,
        found.key,
        found.value,
        found.edge_query,
        found.edge_attr,
        found.edge_bias,
    )

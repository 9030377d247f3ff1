"""Additive attention along edges, in Triton."""

from torch import Tensor

from graphattn.ops.triton import passes
from graphattn.ops.triton.launch import Arguments


def _arguments(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    weight: Tensor,
    edge_attr: Tensor | None,
    edge_key_weight: Tensor | None,
    edge_bias: Tensor | None,
    edge_mask: Tensor | None,
    structure: tuple[Tensor, ...],
    activation: str,
    negative_slope: float,
    dropout: float,
    seed: Tensor | None,
) -> Arguments:
    return Arguments(
        score=activation,
        query=query,
        key=key,
        value=value,
        weight=weight,
        edge_query=None,
        edge_attr=edge_attr,
        edge_key_weight=None if edge_attr is None else edge_key_weight,
        edge_score=None,
        edge_bias=edge_bias,
        edge_mask=edge_mask,
        structure=structure,
        scale=1.0,
        slope=negative_slope,
        dropout=dropout,
        seed=seed,
    )


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
    """See `graphattn.ops.additive.portable.forward`."""
    structure = (rowptr, col, perm, colptr, row, csc_perm)
    edges = (edge_attr, edge_key_weight, edge_bias, edge_mask)
    settings = (activation, negative_slope, dropout, seed)
    given = _arguments(query, key, value, weight, *edges, structure, *settings)
    return passes.forward(given)


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
    """See `graphattn.ops.additive.portable.backward`."""
    structure = (rowptr, col, perm, colptr, row, csc_perm)
    edges = (edge_attr, edge_key_weight, edge_bias, edge_mask)
    settings = (activation, negative_slope, dropout, seed)
    given = _arguments(query, key, value, weight, *edges, structure, *settings)
    grads = (grad_out, grad_edge_out, grad_logsumexp)
    saved = (out, edge_out, logsumexp)
    found = passes.backward(given, grads, saved, edge_attr_grad, edge_bias_grad)
    return (
        found.query,
        found.key,
        found.value,
        found.weight,
        found.edge_attr,
        found.edge_key_weight,
        found.edge_bias,
    )

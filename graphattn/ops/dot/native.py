"""Scaled dot product attention along edges, compiled."""

from torch import Tensor

from graphattn.ops.native.binding import DOT, Record


def _record(
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
) -> Record:
    record = Record(DOT, query)
    record.rows("query", query)
    record.rows("key", key)
    record.rows("value", value)
    record.rows("edge_query", edge_query if edge_attr is not None else None)
    record.structure(structure, num_sources=len(key))
    record.edges(edge_attr, edge_bias, edge_mask)
    record.dropping(dropout, seed)
    record.set(
        heads=query.shape[1],
        score_width=query.shape[2],
        value_width=value.shape[2],
        scale=scale,
    )
    return record


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
    record = _record(query, key, value, *edges, structure, scale, dropout, seed)
    out, edge_out, logsumexp = record.outputs(len(query), query.shape[1], value)
    record.run()
    return out, edge_out, logsumexp


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
    record = _record(query, key, value, *edges, structure, scale, dropout, seed)
    grads = (grad_out, grad_edge_out, grad_logsumexp)
    record.saved(grads, (out, edge_out, logsumexp))
    found = (
        record.gradient("query", query),
        record.gradient("key", key),
        record.gradient("value", value),
        record.gradient("edge_query", edge_query),
        record.gradient("edge_attr", edge_attr, edge_attr_grad),
        record.gradient("edge_bias", edge_bias, edge_bias_grad),
    )
    record.run()
    return found

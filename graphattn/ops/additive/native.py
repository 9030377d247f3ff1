"""Additive attention along edges, compiled."""

from torch import Tensor

from graphattn.ops.native.binding import ADDITIVE, Record

_ACTIVATIONS = {"leaky_relu": 0, "tanh": 1}


def _record(
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
) -> Record:
    record = Record(ADDITIVE, query)
    record.rows("query", query)
    record.rows("key", key)
    record.rows("value", value)
    record.edge("weight", weight)
    record.edge("edge_key_weight", edge_key_weight if edge_attr is not None else None)
    record.structure(structure, num_sources=len(key))
    record.edges(edge_attr, edge_bias, edge_mask)
    record.dropping(dropout, seed)
    record.set(
        heads=query.shape[1],
        score_width=query.shape[2],
        value_width=value.shape[2],
        activation=_ACTIVATIONS[activation],
        negative_slope=negative_slope,
    )
    return record


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
    inputs = (query, key, value, weight)
    edges = (edge_attr, edge_key_weight, edge_bias, edge_mask)
    settings = (activation, negative_slope, dropout, seed)
    record = _record(*inputs, *edges, structure, *settings)
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
    inputs = (query, key, value, weight)
    edges = (edge_attr, edge_key_weight, edge_bias, edge_mask)
    settings = (activation, negative_slope, dropout, seed)
    record = _record(*inputs, *edges, structure, *settings)
    grads = (grad_out, grad_edge_out, grad_logsumexp)
    record.saved(grads, (out, edge_out, logsumexp))
    found = (
        record.gradient("query", query),
        record.gradient("key", key),
        record.gradient("value", value),
        record.gradient("weight", weight),
        record.gradient("edge_attr", edge_attr, edge_attr_grad),
        record.gradient("edge_key_weight", edge_key_weight),
        record.gradient("edge_bias", edge_bias, edge_bias_grad),
    )
    record.run()
    return found

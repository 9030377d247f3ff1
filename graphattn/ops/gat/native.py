"""GAT's attention along edges, compiled."""

from torch import Tensor

from graphattn.ops.native.binding import GAT, Record


def _record(
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
) -> Record:
    record = Record(GAT, value)
    record.rows("query", alpha_target)
    record.rows("key", alpha_source)
    record.rows("value", value)
    record.edge("edge_score", edge_score)
    record.structure(structure, num_sources=len(value))
    record.edges(edge_attr, edge_bias, edge_mask)
    record.dropping(dropout, seed)
    record.set(
        heads=value.shape[1],
        score_width=1,
        value_width=value.shape[2],
        negative_slope=negative_slope,
    )
    return record


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
    inputs = (alpha_target, alpha_source, value)
    edges = (edge_attr, edge_score, edge_bias, edge_mask)
    record = _record(*inputs, *edges, structure, negative_slope, dropout, seed)
    out, edge_out, logsumexp = record.outputs(len(alpha_target), value.shape[1], value)
    record.run()
    return out, edge_out, logsumexp


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
    inputs = (alpha_target, alpha_source, value)
    edges = (edge_attr, edge_score, edge_bias, edge_mask)
    record = _record(*inputs, *edges, structure, negative_slope, dropout, seed)
    grads = (grad_out, grad_edge_out, grad_logsumexp)
    record.saved(grads, (out, edge_out, logsumexp))
    found = (
        record.gradient("query", alpha_target),
        record.gradient("key", alpha_source),
        record.gradient("value", value),
        record.gradient("edge_attr", edge_attr, edge_attr_grad),
        record.gradient("edge_score", edge_score, edge_score_grad),
        record.gradient("edge_bias", edge_bias, edge_bias_grad),
    )
    record.run()
    return found

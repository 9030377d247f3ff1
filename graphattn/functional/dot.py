"""Scaled dot product attention along edges."""

import torch
from jaxtyping import Float
from torch import Tensor

from graphattn._errors import require
from graphattn.adjacency import Adjacency
from graphattn.functional.checks import (
    EdgeMask,
    Edges,
    add_edge_values,
    autocast,
    check_edge_weights,
    mask_columns,
    prepare,
    seed_for,
)
from graphattn.functional.dense import attend_densely, attends_densely
from graphattn.ops.dot import dot


def graph_attention(
    query: Float[Tensor, "num_targets heads head_dim"],
    key: Float[Tensor, "num_sources heads head_dim"],
    value: Float[Tensor, "num_sources heads value_dim"],
    edge_index: Tensor | Adjacency,
    *,
    edge_bias: Float[Tensor, "num_edges heads"] | None = None,
    edge_mask: EdgeMask | None = None,
    scale: float | None = None,
    dropout: float = 0.0,
    edge_attr: Float[Tensor, "num_edges edge_dim"] | None = None,
    edge_key_weight: Float[Tensor, "edge_dim heads head_dim"] | None = None,
    edge_value_weight: Float[Tensor, "edge_dim heads value_dim"] | None = None,
    dense: bool | None = None,
) -> Float[Tensor, "num_targets heads value_dim"]:
    r"""Attends from each target to its sources along edges, by scaled dot product.

    .. math::
        o_i = \sum_{j \in N(i)} \mathrm{softmax}_j(s \, q_i \cdot (k_j + W_k e_{ij})
        + b_{ij}) \, (v_j + W_v e_{ij})

    A target without an unmasked edge receives zeros. Duplicate edges count twice.
    Nothing of the size ``num_edges x heads x head_dim`` is kept: the edge features'
    projections are moved to the nodes, :math:`q \cdot W e = (W^T q) \cdot e`.

    Args:
        query: Rows of targets.
        key: Rows of sources.
        value: Rows of sources.
        edge_index: Who attends to whom; see `Adjacency.from_edge_index`.
        edge_bias: Added to the logits, in nats, in `edge_index` order.
        edge_mask: True = may attend; for all heads, or per head.
        scale: Factor on the dot product, dimensionless. Default ``head_dim ** -0.5``.
        dropout: Probability that a weight is dropped, from 0 to 1.
        edge_attr: Features of edges, in `edge_index` order.
        edge_key_weight: Projects edge features onto keys.
        edge_value_weight: Projects edge features onto values.
        dense: Whether PyTorch's kernel for all pairs runs, with a mask of one byte for
            each pair; it knows no duplicate edges, bias, mask, features or dropout.
            By default it runs where it can and the edges are nearly all pairs.

    Raises:
        ValueError: Sizes, types or devices do not fit; `edge_index` names no node;
            `dense` is asked for what it cannot do.

    Source:
        Shi et al. 2021, https://arxiv.org/abs/2009.03509.
    """
    caller = "graph_attention"
    query, key, value = autocast(query, key, value)
    edge_bias, edge_attr, edge_key_weight, edge_value_weight = autocast(
        edge_bias, edge_attr, edge_key_weight, edge_value_weight
    )
    edges = Edges(edge_bias, edge_mask, edge_attr)
    adjacency = prepare(caller, query, key, value, edge_index, edges, dropout)
    require(
        query.shape[-1] == key.shape[-1],
        caller,
        "query and key must have the same width",
        {"query": query, "key": key},
    )
    check_edge_weights(caller, edge_attr, edge_key_weight, edge_value_weight)
    factor = query.shape[-1] ** -0.5 if scale is None else scale
    if attends_densely(dense, adjacency, edges, dropout):
        return attend_densely(query, key, value, adjacency, factor)
    edge_query = None
    if edge_attr is not None and edge_key_weight is not None:
        edge_query = torch.einsum("nhc,fhc->nhf", query, edge_key_weight)
    out, edge_out, _ = dot(
        query,
        key,
        value,
        edge_query,
        edge_attr,
        edge_bias,
        mask_columns(edge_mask),
        *adjacency.compressed,
        factor,
        dropout,
        seed_for(dropout, query.device),
    )
    return add_edge_values(out, edge_out, edge_value_weight)

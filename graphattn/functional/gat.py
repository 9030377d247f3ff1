"""GAT's attention along edges."""

from jaxtyping import Float
from torch import Tensor

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
from graphattn.ops.gat import gat


def gat_attention(
    alpha_target: Float[Tensor, "num_targets heads"],
    alpha_source: Float[Tensor, "num_sources heads"],
    value: Float[Tensor, "num_sources heads value_dim"],
    edge_index: Tensor | Adjacency,
    *,
    negative_slope: float = 0.2,
    edge_score: Float[Tensor, "num_edges heads"] | None = None,
    edge_bias: Float[Tensor, "num_edges heads"] | None = None,
    edge_mask: EdgeMask | None = None,
    dropout: float = 0.0,
    edge_attr: Float[Tensor, "num_edges edge_dim"] | None = None,
    edge_value_weight: Float[Tensor, "edge_dim heads value_dim"] | None = None,
) -> Float[Tensor, "num_targets heads value_dim"]:
    r"""Attends along edges by GAT's score, a sum of one scalar for each end.

    .. math::
        o_i = \sum_{j \in N(i)} \mathrm{softmax}_j(\mathrm{LeakyReLU}(s_i + t_j
        + c_{ij}) + b_{ij}) \, (v_j + W_v e_{ij})

    Args:
        alpha_target: The targets' scalars.
        alpha_source: The sources' scalars.
        value: Rows of sources.
        edge_index: Who attends to whom; see `Adjacency.from_edge_index`.
        negative_slope: Of the leaky ReLU.
        edge_score: The edges' scalars, inside the leaky ReLU.
        edge_bias: Added to the logits, in nats, in `edge_index` order.
        edge_mask: True = may attend; for all heads, or per head.
        dropout: Probability that a weight is dropped, from 0 to 1.
        edge_attr: Features of edges, in `edge_index` order.
        edge_value_weight: Projects edge features onto values.

    Raises:
        ValueError: Sizes, types or devices do not fit; `edge_index` names no node.

    Source:
        Veličković et al. 2018, https://arxiv.org/abs/1710.10903.
    """
    caller = "gat_attention"
    alpha_target, alpha_source, value = autocast(alpha_target, alpha_source, value)
    edge_score, edge_bias, edge_attr, edge_value_weight = autocast(
        edge_score, edge_bias, edge_attr, edge_value_weight
    )
    edges = Edges(edge_bias, edge_mask, edge_attr, edge_score)
    adjacency = prepare(
        caller, alpha_target, alpha_source, value, edge_index, edges, dropout
    )
    check_edge_weights(caller, edge_attr, None, edge_value_weight)
    out, edge_out, _ = gat(
        alpha_target,
        alpha_source,
        value,
        edge_attr,
        edge_score,
        edge_bias,
        mask_columns(edge_mask),
        *adjacency.compressed,
        negative_slope,
        dropout,
        seed_for(dropout, value.device),
    )
    return add_edge_values(out, edge_out, edge_value_weight)

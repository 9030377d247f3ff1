"""Additive attention along edges."""

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
from graphattn.ops.additive import additive

ACTIVATIONS = ("leaky_relu", "tanh")


def additive_attention(
    query: Float[Tensor, "num_targets heads head_dim"],
    key: Float[Tensor, "num_sources heads head_dim"],
    value: Float[Tensor, "num_sources heads value_dim"],
    weight: Float[Tensor, "heads head_dim"],
    edge_index: Tensor | Adjacency,
    *,
    activation: str = "leaky_relu",
    negative_slope: float = 0.2,
    edge_bias: Float[Tensor, "num_edges heads"] | None = None,
    edge_mask: EdgeMask | None = None,
    dropout: float = 0.0,
    edge_attr: Float[Tensor, "num_edges edge_dim"] | None = None,
    edge_key_weight: Float[Tensor, "edge_dim heads head_dim"] | None = None,
    edge_value_weight: Float[Tensor, "edge_dim heads value_dim"] | None = None,
) -> Float[Tensor, "num_targets heads value_dim"]:
    r"""Attends from each target to its sources along edges, by an additive score.

    .. math::
        o_i = \sum_{j \in N(i)} \mathrm{softmax}_j(w \cdot \phi(q_i + k_j + W_k e_{ij})
        + b_{ij}) \, (v_j + W_v e_{ij})

    With a leaky ReLU this is GATv2's score, with tanh Bahdanau's. A target without an
    unmasked edge receives zeros. Duplicate edges count twice.

    Args:
        query: Rows of targets.
        key: Rows of sources.
        value: Rows of sources.
        weight: The vector that turns the activated sum into a score.
        edge_index: Who attends to whom; see `Adjacency.from_edge_index`.
        activation: ``"leaky_relu"`` or ``"tanh"``.
        negative_slope: Of the leaky ReLU.
        edge_bias: Added to the logits, in nats, in `edge_index` order.
        edge_mask: True = may attend; for all heads, or per head.
        dropout: Probability that a weight is dropped, from 0 to 1.
        edge_attr: Features of edges, in `edge_index` order.
        edge_key_weight: Projects edge features into the sum.
        edge_value_weight: Projects edge features onto values.

    Raises:
        ValueError: Sizes, types or devices do not fit; `edge_index` names no node;
            the activation is unknown.

    Source:
        Brody, Alon, Yahav 2022, https://arxiv.org/abs/2105.14491; Bahdanau, Cho,
        Bengio 2015, https://arxiv.org/abs/1409.0473.
    """
    caller = "additive_attention"
    query, key, value, weight = autocast(query, key, value, weight)
    edge_bias, edge_attr, edge_key_weight, edge_value_weight = autocast(
        edge_bias, edge_attr, edge_key_weight, edge_value_weight
    )
    edges = Edges(edge_bias, edge_mask, edge_attr)
    adjacency = prepare(caller, query, key, value, edge_index, edges, dropout)
    check_additive(caller, query, key, weight, activation)
    check_edge_weights(caller, edge_attr, edge_key_weight, edge_value_weight)
    out, edge_out, _ = additive(
        query,
        key,
        value,
        weight,
        edge_attr,
        edge_key_weight,
        edge_bias,
        mask_columns(edge_mask),
        *adjacency.compressed,
        activation,
        negative_slope,
        dropout,
        seed_for(dropout, query.device),
    )
    return add_edge_values(out, edge_out, edge_value_weight)


def check_additive(
    caller: str, query: Tensor, key: Tensor, weight: Tensor, activation: str
) -> None:
    """Checks what is particular to the additive score."""
    require(
        activation in ACTIVATIONS,
        caller,
        f"activation must be one of {', '.join(ACTIVATIONS)}",
        {"activation": activation},
    )
    require(
        query.shape[-1] == key.shape[-1] and weight.shape == query.shape[1:],
        caller,
        "query and key must have the same width, and weight the shape "
        "[heads, head_dim]",
        {"query": query, "key": key, "weight": weight},
    )

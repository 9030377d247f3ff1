"""Additive attention, edge by edge: the truth in tests."""

import torch
from torch import Tensor
from torch.nn.functional import leaky_relu

from graphattn.ops.reference import softmax_sum


def additive_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    weight: Tensor,
    edge_index: Tensor,
    *,
    activation: str = "leaky_relu",
    negative_slope: float = 0.2,
    edge_bias: Tensor | None = None,
    edge_mask: Tensor | None = None,
    keep: Tensor | None = None,
    edge_attr: Tensor | None = None,
    edge_key_weight: Tensor | None = None,
    edge_value_weight: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """Returns the output and the weights; as `graphattn.additive_attention`."""
    source, target = edge_index
    total, values = query[target] + key[source], value[source]
    if edge_attr is not None and edge_key_weight is not None:
        total = total + torch.einsum("ef,fhc->ehc", edge_attr, edge_key_weight)
    if edge_attr is not None and edge_value_weight is not None:
        values = values + torch.einsum("ef,fhd->ehd", edge_attr, edge_value_weight)
    active = total.tanh() if activation == "tanh" else leaky_relu(total, negative_slope)
    scores = (active * weight).sum(-1)
    scores = scores if edge_bias is None else scores + edge_bias
    return softmax_sum(scores, values, target, len(query), edge_mask, keep)

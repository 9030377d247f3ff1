"""Scaled dot product attention, edge by edge: the truth in tests."""

import torch
from torch import Tensor

from graphattn.ops.reference import softmax_sum


def graph_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    edge_index: Tensor,
    *,
    edge_bias: Tensor | None = None,
    edge_mask: Tensor | None = None,
    scale: float | None = None,
    keep: Tensor | None = None,
    edge_attr: Tensor | None = None,
    edge_key_weight: Tensor | None = None,
    edge_value_weight: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """Returns the output and the weights; arguments as `graphattn.graph_attention`."""
    source, target = edge_index
    keys, values = key[source], value[source]
    if edge_attr is not None and edge_key_weight is not None:
        keys = keys + torch.einsum("ef,fhc->ehc", edge_attr, edge_key_weight)
    if edge_attr is not None and edge_value_weight is not None:
        values = values + torch.einsum("ef,fhd->ehd", edge_attr, edge_value_weight)
    factor = query.shape[-1] ** -0.5 if scale is None else scale
    scores = (query[target] * keys).sum(-1) * factor
    scores = scores if edge_bias is None else scores + edge_bias
    return softmax_sum(scores, values, target, len(query), edge_mask, keep)

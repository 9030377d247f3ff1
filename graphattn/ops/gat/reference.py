"""GAT's attention, edge by edge: the truth in tests."""

import torch
from torch import Tensor
from torch.nn.functional import leaky_relu

from graphattn.ops.reference import softmax_sum


def gat_attention(
    alpha_target: Tensor,
    alpha_source: Tensor,
    value: Tensor,
    edge_index: Tensor,
    *,
    negative_slope: float = 0.2,
    edge_score: Tensor | None = None,
    edge_bias: Tensor | None = None,
    edge_mask: Tensor | None = None,
    keep: Tensor | None = None,
    edge_attr: Tensor | None = None,
    edge_value_weight: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """Returns the output and the weights; arguments as `graphattn.gat_attention`."""
    source, target = edge_index
    values = value[source]
    if edge_attr is not None and edge_value_weight is not None:
        values = values + torch.einsum("ef,fhd->ehd", edge_attr, edge_value_weight)
    logits = alpha_target[target] + alpha_source[source]
    logits = logits if edge_score is None else logits + edge_score
    scores = leaky_relu(logits, negative_slope)
    scores = scores if edge_bias is None else scores + edge_bias
    return softmax_sum(scores, values, target, len(alpha_target), edge_mask, keep)

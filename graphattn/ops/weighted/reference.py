"""Sums with given weights, edge by edge: the truth in tests."""

import torch
from torch import Tensor


def weighted_sum(
    value: Tensor, edge_index: Tensor, edge_weight: Tensor, num_targets: int
) -> Tensor:
    """Returns `sum_e w_e v_source(e)` for each target; heads may be shared."""
    heads = max(value.shape[1], edge_weight.shape[1])
    rows = [value.new_zeros(heads, value.shape[2]) for _ in range(num_targets)]
    for edge, (source, target) in enumerate(edge_index.T.tolist()):
        rows[target] = rows[target] + edge_weight[edge, :, None] * value[source]
    return torch.stack(rows) if rows else value.new_zeros(0, heads, value.shape[2])

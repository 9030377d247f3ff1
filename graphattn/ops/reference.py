"""The truth in tests, shared part: softmax over a target's edges, edge by edge.

Obvious and slow on purpose; differentiated by autograd.
"""

import itertools

import torch
from torch import Tensor


def softmax_sum(
    scores: Tensor,
    values: Tensor,
    target: Tensor,
    num_targets: int,
    edge_mask: Tensor | None,
    keep: Tensor | None,
) -> tuple[Tensor, Tensor]:
    """Returns the weighted sums and the weights.

    Args:
        scores: `[num_edges, heads]`, in edge order.
        values: `[num_edges, heads, width]`, what each edge carries.
        target: `[num_edges]`.
        num_targets: Number of targets.
        edge_mask: `[num_edges]` or `[num_edges, heads]`; True = may attend.
        keep: `[num_edges, heads]`, factor on the weights; None for 1.
    """
    heads, ends = scores.shape[1], target.tolist()
    out = values.new_zeros(num_targets, heads, values.shape[2])
    weights = torch.zeros_like(scores)
    for node, head in itertools.product(sorted(set(ends)), range(heads)):
        edges = torch.tensor(
            [
                edge
                for edge, end in enumerate(ends)
                if end == node and _may_attend(edge_mask, edge, head)
            ]
        ).long()
        share = torch.softmax(scores[edges, head], dim=0)
        weights = weights.index_put((edges, torch.tensor(head)), share)
        share = share if keep is None else share * keep[edges, head]
        total = (share.unsqueeze(1) * values[edges, head]).sum(0)
        out = out.index_put((torch.tensor(node), torch.tensor(head)), total)
    return out, weights


def _may_attend(edge_mask: Tensor | None, edge: int, head: int) -> bool:
    if edge_mask is None:
        return True
    return bool(edge_mask[edge] if edge_mask.dim() == 1 else edge_mask[edge, head])

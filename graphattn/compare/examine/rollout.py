"""Attention over all layers at once."""

import torch
from jaxtyping import Float
from torch import Tensor


def rollout(
    weights: Float[Tensor, "layers heads nodes nodes"], *, residual: float = 0.5
) -> Float[Tensor, "layers nodes nodes"]:
    r"""Returns how much of each input node is in a node after every layer.

    .. math:: R_l = \left(r I + (1 - r) \bar{A}_l\right) R_{l-1}, \qquad R_0 = I

    where the bar is the mean over heads. It follows the weights alone: what values and
    feed-forward networks do to the vectors is not in it. A node that attends to nothing
    keeps what it has.

    Args:
        weights: The attention; row i is how much node i attends to each node.
        residual: How much of a node passes beside the attention, in the residual sum.

    Source:
        Abnar and Zuidema 2020, https://arxiv.org/abs/2005.00928.
    """
    same = torch.eye(weights.shape[-1], dtype=weights.dtype)
    found = []
    so_far = same
    for layer in weights.mean(1):
        silent = layer.sum(1, keepdim=True) == 0
        step = (residual * same + (1 - residual) * layer).where(~silent, same)
        so_far = step @ so_far
        found.append(so_far)
    return torch.stack(found)

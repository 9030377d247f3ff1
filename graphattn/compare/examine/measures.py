"""Numbers that describe attention weights, layer by layer and head by head.

Row i of a matrix holds how much node i attends to each node; it adds up to 1, or to 0
where nothing may be attended to, and such a row counts nowhere.
"""

import math

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor


def entropy(
    weights: Float[Tensor, "*stack rows nodes"],
) -> Float[Tensor, "*stack"]:
    r"""Returns how spread out attention is, in nats, on average over the rows.

    .. math:: H = -\frac{1}{n} \sum_i \sum_j a_{ij} \log a_{ij}

    0 where every row attends to a single node, log n where it attends to n alike: then
    :math:`e^H` is the number of nodes that are attended to.

    Args:
        weights: The attention.

    Source:
        Clark et al. 2019, https://arxiv.org/abs/1906.04341, section 3.3.
    """
    each = -torch.xlogy(weights, weights).sum(-1)
    return _mean_over_rows(each, weights)


def share(
    weights: Float[Tensor, "*stack rows nodes"], on: Bool[Tensor, "rows nodes"]
) -> Float[Tensor, "*stack"]:
    """Returns the share of attention that falls on some of the pairs.

    Args:
        weights: The attention.
        on: True for the pairs in question, such as the edges of the graph.
    """
    return _mean_over_rows((weights * on).sum(-1), weights)


def distance_profile(
    weights: Float[Tensor, "*stack rows nodes"],
    hops: Int[Tensor, "rows nodes"],
    furthest: int,
) -> Float[Tensor, "*stack distances"]:
    """Returns the share of attention at each distance along the edges.

    Column 0 is the node itself, 1 its neighbours; the last but one column is `furthest`
    and beyond, the last one nodes that no path leads to.

    Args:
        weights: The attention.
        hops: Edges on the shortest path from row to column; -1 where there is none.
        furthest: From where on distances are one.

    Source:
        After Vig and Belinkov 2019, https://arxiv.org/abs/1906.04284 (the mean distance
        in a sentence), with the distances of the graph.
    """
    bins = hops.clamp(max=furthest).where(hops >= 0, furthest + 1)
    columns = [share(weights, bins == k) for k in range(furthest + 2)]
    return torch.stack(columns, dim=-1)


def agreement(
    weights: Float[Tensor, "*stack heads rows nodes"],
) -> Float[Tensor, "*stack heads heads"]:
    r"""Returns how alike the heads of a layer attend: 1 the same, 0 nothing in common.

    .. math:: 1 - \frac{1}{\log 2} \mathrm{JSD}(a, b), \qquad
        \mathrm{JSD}(a, b) = H\!\left(\frac{a + b}{2}\right) - \frac{H(a) + H(b)}{2}

    Args:
        weights: The attention; the heads of a layer in the third dimension from behind.

    Source:
        Lin 1991, https://doi.org/10.1109/18.61115 (the divergence); Clark et al. 2019,
        https://arxiv.org/abs/1906.04341, section 6 (between heads).
    """
    heads = weights.shape[-3]
    own = entropy(weights)
    both = torch.stack(
        [entropy((weights + weights[..., k, None, :, :]) / 2) for k in range(heads)],
        dim=-1,
    )
    divergence = both - (own[..., :, None] + own[..., None, :]) / 2
    return (1 - divergence / math.log(2)).clamp(0, 1)


def _mean_over_rows(each: Tensor, weights: Tensor) -> Tensor:
    attends = weights.sum(-1) > 0
    return (each * attends).sum(-1) / attends.sum(-1).clamp(min=1)

"""Attention with weights that are given: the graph itself as attention matrix."""

import torch
from jaxtyping import Float
from torch import Tensor

from graphattn._errors import require
from graphattn.adjacency import Adjacency, as_adjacency
from graphattn.functional.checks import add_edge_values, autocast, check_same
from graphattn.ops.segments import segment_sum
from graphattn.ops.weighted import weighted

EdgeWeight = Float[Tensor, "num_edges *heads"]
NORMALIZATIONS = ("row", "symmetric")


def weighted_sum(
    value: Float[Tensor, "num_sources heads value_dim"],
    edge_index: Tensor | Adjacency,
    edge_weight: EdgeWeight | None = None,
    *,
    num_targets: int | None = None,
    edge_attr: Float[Tensor, "num_edges edge_dim"] | None = None,
    edge_value_weight: Float[Tensor, "edge_dim heads value_dim"] | None = None,
) -> Float[Tensor, "num_targets heads value_dim"]:
    r"""Sums the values of each target's sources with given weights, without a score.

    .. math:: o_i = \sum_{j \in N(i)} w_{ij} \, (v_j + W_v e_{ij})

    Values and weights have gradients, of any order. Nothing of the size ``num_edges x
    heads x value_dim`` exists.

    Args:
        value: Rows of sources.
        edge_index: Who attends to whom; see `Adjacency.from_edge_index`.
        edge_weight: In `edge_index` order, for all heads or per head; by default 1.
        num_targets: Number of targets; by default that of the adjacency, or of sources.
        edge_attr: Features of edges, in `edge_index` order.
        edge_value_weight: Projects edge features onto values.

    Raises:
        ValueError: Sizes, types or devices do not fit; `edge_index` names no node.
    """
    caller = "weighted_sum"
    (value,) = autocast(value)
    edge_weight, edge_attr = autocast(edge_weight, edge_attr)
    if num_targets is None:
        fixed = isinstance(edge_index, Adjacency)
        num_targets = edge_index.num_targets if fixed else len(value)
    adjacency = as_adjacency(edge_index, len(value), num_targets, caller)
    if edge_weight is None:
        edge_weight = value.new_ones(adjacency.num_edges)
    columns = edge_weight.unsqueeze(1) if edge_weight.dim() == 1 else edge_weight
    require(
        len(columns) == adjacency.num_edges and columns.shape[1] in (1, value.shape[1]),
        caller,
        "edge_weight must have one row per edge, and one column per head if it has any",
        {"edge_weight": edge_weight, "num_edges": adjacency.num_edges, "value": value},
    )
    check_same(caller, {"value": value, "edge_weight": edge_weight})
    out = weighted(value, columns, *adjacency.compressed)
    if edge_attr is None or edge_value_weight is None:
        return out
    columns = columns.expand(-1, value.shape[1])
    return add_edge_values(
        out, _edge_sums(edge_attr, columns, adjacency), edge_value_weight
    )


def _edge_sums(edge_attr: Tensor, weights: Tensor, adjacency: Adjacency) -> Tensor:
    """Returns `sum_j w_ij e_ij`, `[num_targets, heads, edge_dim]`.

    Every edge is a source of its own, so no sorting is needed.
    """
    target = adjacency.edge_index[1].to(torch.int32)
    numbers = torch.arange(len(target) + 1, device=target.device, dtype=torch.int32)
    rows = adjacency.rowptr, adjacency.perm, adjacency.perm
    return weighted(
        edge_attr.unsqueeze(1), weights, *rows, numbers, target, numbers[:-1]
    )


def normalized_weights(
    edge_index: Tensor | Adjacency,
    num_nodes: int | tuple[int, int],
    edge_weight: Float[Tensor, " num_edges"] | None = None,
    *,
    normalization: str = "symmetric",
) -> Float[Tensor, " num_edges"]:
    r"""Returns the weights of edges as a normalized adjacency matrix has them.

    With the degree :math:`d_i = \sum_j w_{ij}` over the edges that lead to a node,
    ``"row"`` gives :math:`w_{ij} / d_i`, a mean over sources, and ``"symmetric"``
    :math:`w_{ij} / \sqrt{d_i d_j}`; 0 where a degree is 0. Self-loops are not added
    (`patterns.with_self_loops` does that).

    Args:
        edge_index: Who attends to whom; see `Adjacency.from_edge_index`.
        num_nodes: Number of nodes, or `(num_sources, num_targets)`.
        edge_weight: Of the edges, not negative; by default 1.
        normalization: ``"row"`` or ``"symmetric"``.

    Raises:
        ValueError: Sizes do not fit, unknown normalization, or ``"symmetric"`` of
            sources that are not the targets.

    Source:
        Kipf, Welling 2017, https://arxiv.org/abs/1609.02907 (``"symmetric"``).
    """
    caller = "normalized_weights"
    sizes = num_nodes if isinstance(num_nodes, tuple) else (num_nodes, num_nodes)
    require(
        normalization in NORMALIZATIONS,
        caller,
        f"normalization must be one of {', '.join(NORMALIZATIONS)}",
        {"normalization": normalization},
    )
    require(
        normalization == "row" or sizes[0] == sizes[1],
        caller,
        "the symmetric normalization needs sources that are the targets; take 'row'",
        {"num_nodes": num_nodes},
    )
    adjacency = as_adjacency(edge_index, *sizes, caller)
    source, target = adjacency.edge_index
    if edge_weight is None:
        edge_weight = torch.ones(adjacency.num_edges, device=adjacency.device)
    require(
        len(edge_weight) == adjacency.num_edges,
        caller,
        "edge_weight must have one number per edge",
        {"edge_weight": edge_weight, "num_edges": adjacency.num_edges},
    )
    degree = segment_sum(edge_weight, target, sizes[1])
    power = -1.0 if normalization == "row" else -0.5
    usable = degree > 0
    inverse = degree.where(usable, 1.0).pow(power).where(usable, 0.0)
    scaled = edge_weight * inverse[target]
    return scaled if normalization == "row" else scaled * inverse[source]

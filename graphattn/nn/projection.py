"""Projections that skip the zeros of wide, mostly empty features.

Nodes of social networks and citations carry bags of words: thousands of columns, one
in a hundred not zero. Multiplying their zeros takes longer than everything else in an
attention layer.
"""

from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import embedding_bag
from torch_geometric.nn.dense.linear import Linear

from graphattn.adjacency import Adjacency, remember

# Below these, looking for zeros costs more than it may save.
_LEAST_COLUMNS = 128
_LEAST_NUMBERS = 1 << 18
_MOST_FILLED = 1 / 20


class SparseRows(NamedTuple):
    """The entries of a matrix that are not zero, by row and by column."""

    places: Adjacency
    by_row: Tensor
    by_column: Tensor


def project(linear: nn.Module, x: Tensor) -> Tensor:
    """Returns ``linear(x)``, without the zeros of `x` where most of it is zero.

    The matrix of entries is made once for a tensor that stays the same, as it does
    from epoch to epoch.

    Args:
        linear: The projection; anything but PyG's plain `Linear` is just called.
        x: `[..., num_nodes, in_channels]`.

    Returns:
        `[..., num_nodes, out_channels]`; sums may be rounded in another order.
    """
    if not (type(linear) is Linear and _may_skip(linear, x)):
        return linear(x)
    rows = remember(x, ("sparse rows",), lambda: _sparse_rows(x))
    if rows is None:
        return linear(x)
    out = _SparseLinear.apply(rows, linear.weight)
    return out if linear.bias is None else out + linear.bias


def _may_skip(linear: Linear, x: Tensor) -> bool:
    """Whether `x` is plain data, wide and large enough, and nobody watches."""
    return (
        x.dim() == 2
        and x.shape[1] >= _LEAST_COLUMNS
        and x.numel() >= _LEAST_NUMBERS
        and x.device.type == "cpu"
        and x.layout == torch.strided
        and x.dtype == linear.weight.dtype
        and x.dtype in (torch.float32, torch.float64)
        and not (x.requires_grad or x.is_inference())
        and not (linear._forward_hooks or linear._forward_pre_hooks)
        and not torch.compiler.is_compiling()
        and not torch.is_autocast_enabled("cpu")
    )


def _sparse_rows(x: Tensor) -> SparseRows | None:
    """Returns the entries of `x`, or None where too many are not zero."""
    if int(x.count_nonzero()) > _MOST_FILLED * x.numel():
        return None
    row, column = places = x.nonzero().T
    entries = Adjacency.from_edge_index(places.flip(0), (x.shape[1], len(x)))
    values = x[row, column]
    return SparseRows(
        entries, values[entries.perm.long()], values[entries.csc_perm.long()]
    )


class _SparseLinear(torch.autograd.Function):
    """`X W^T` for rows `X` that need no gradient."""

    @staticmethod
    def forward(ctx: Any, rows: SparseRows, weight: Tensor) -> Tensor:
        ctx.rows = rows
        places = rows.places
        return _sums(weight.T, places.col, places.rowptr, rows.by_row)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[None, Tensor]:
        rows, places = ctx.rows, ctx.rows.places
        return None, _sums(grads[0], places.row, places.colptr, rows.by_column).T


def _sums(table: Tensor, index: Tensor, pointers: Tensor, values: Tensor) -> Tensor:
    """Returns for each range of `index` the weighted sum of the rows it names."""
    return embedding_bag(
        index,
        table.contiguous(),
        pointers,
        mode="sum",
        per_sample_weights=values,
        include_last_offset=True,
    )

"""Sums with given weights, by PyTorch's bags of rows.

A bag is the rows that a target attends to; PyTorch sums it while it reads, so that
nothing of the size `num_edges x heads x channels` exists.
"""

from collections.abc import Iterator

from torch import Tensor
from torch.nn.functional import embedding_bag

from graphattn.ops.segments import row_dot
from graphattn.ops.softmax import slots, wide


def weighted(
    value: Tensor,
    edge_weight: Tensor,
    rowptr: Tensor,
    col: Tensor,
    perm: Tensor,
    colptr: Tensor,
    row: Tensor,
    csc_perm: Tensor,
) -> Tensor:
    """Returns `sum_e w_e v_source(e)` for each target, `[num_targets, heads, width]`.

    Args:
        value: `[num_sources, heads, width]`, or one head for all.
        edge_weight: `[num_edges, heads]`, or one column for all; in edge id order.
        rowptr: This and the next five as `graphattn::compress` returns them.
        col: Source of each CSR slot.
        perm: Edge id of each CSR slot.
        colptr: Where each source's slots begin in the CSC.
        row: Target of each CSC slot.
        csc_perm: Edge id of each CSC slot.
    """
    heads, width = max(value.shape[1], edge_weight.shape[1]), value.shape[2]
    out = wide(value).new_zeros(len(rowptr) - 1, heads, width)
    if out.numel() == 0 or len(col) == 0:
        return out.to(value.dtype)
    weights = wide(edge_weight).index_select(0, perm.long()).T.contiguous()
    for head, table, weight in _by_head(wide(value), weights):
        sums = embedding_bag(
            col,
            table,
            rowptr,
            mode="sum",
            per_sample_weights=weight,
            include_last_offset=True,
        )
        out[:, head] = sums.unflatten(1, (-1, width))
    return out.to(value.dtype)


def _by_head(value: Tensor, weights: Tensor) -> Iterator[tuple[slice, Tensor, Tensor]]:
    """Yields heads, the rows they read and their weights; all at once if shared."""
    if len(weights) == 1:
        yield slice(None), value.flatten(1), weights[0]
        return
    for head, weight in enumerate(weights):
        table = value[:, min(head, value.shape[1] - 1)].contiguous()
        yield slice(head, head + 1), table, weight


def product(
    target: Tensor,
    source: Tensor,
    rowptr: Tensor,
    col: Tensor,
    perm: Tensor,
    colptr: Tensor,
    row: Tensor,
    csc_perm: Tensor,
    shared: bool,
) -> Tensor:
    """Returns the dot product of both ends of each edge, `[num_edges, heads]`.

    Args:
        target: `[num_targets, heads, width]`.
        source: `[num_sources, heads, width]`, or one head for all.
        rowptr: As in `weighted`, like the next five.
        col: Source of each CSR slot.
        perm: Edge id of each CSR slot.
        colptr: Where each source's slots begin in the CSC.
        row: Target of each CSC slot.
        csc_perm: Edge id of each CSC slot.
        shared: Whether the heads' products are added up, to one column.
    """
    dtype, at = target.dtype, slots(rowptr, col, perm, colptr)
    target, source = wide(target), wide(source)
    if shared:
        source = source.expand(-1, target.shape[1], -1).flatten(1).unsqueeze(1)
        target = target.flatten(1).unsqueeze(1)
    source = source.squeeze(1) if source.shape[1] == 1 else source
    in_slots = row_dot(target, at.target, source, at.source)
    out = in_slots.new_empty(in_slots.shape)
    out[at.edge] = in_slots
    return out.to(dtype)

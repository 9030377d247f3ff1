"""The compressed view by two stable sorts, on any device."""

import torch
from torch import Tensor

from graphattn._errors import require


def compress(
    edge_index: Tensor, num_sources: int, num_targets: int
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]:
    """Sorts edges by target (CSR) and by source (CSC), both stably.

    Args:
        edge_index: `[2, num_edges]`, int64 or int32; row 0 sources, row 1 targets.
        num_sources: Number of source nodes.
        num_targets: Number of target nodes.

    Returns:
        `rowptr [num_targets + 1]`, `col [num_edges]` (sources), `perm [num_edges]`
        (edge id of each slot), then `colptr [num_sources + 1]`, `row [num_edges]`
        (targets) and `csc_perm [num_edges]`. All int32.

    Raises:
        ValueError: A source or target is no node; names the edge.
    """
    check_fits(edge_index.shape[1], num_sources, num_targets)
    source, target = edge_index[0], edge_index[1]
    ends = ("source", source, num_sources), ("target", target, num_targets)
    outside = [(index < 0) | (index >= num_nodes) for _, index, num_nodes in ends]
    # One look for both ends: on a GPU it waits for all that was asked before.
    if bool(outside[0].any() | outside[1].any()):
        _refuse_first(ends, outside)
    rowptr, perm = _sort(target, num_targets)
    colptr, csc_perm = _sort(source, num_sources)
    col = source[perm].int()
    row = target[csc_perm].int()
    return rowptr, col, perm.int(), colptr, row, csc_perm.int()


def _sort(index: Tensor, num_rows: int) -> tuple[Tensor, Tensor]:
    ordered, perm = torch.sort(index, stable=True)
    bounds = torch.arange(num_rows + 1, device=index.device, dtype=index.dtype)
    return torch.searchsorted(ordered, bounds, out_int32=True), perm


def _refuse_first(
    ends: tuple[tuple[str, Tensor, int], ...], outside: list[Tensor]
) -> None:
    """Raises `ValueError` naming the first edge with an end that is no node."""
    for (end, index, num_nodes), wrong in zip(ends, outside, strict=True):
        for edge in wrong.nonzero()[:1].flatten().tolist():
            refuse(end, edge, int(index[edge]), num_nodes)


def check_fits(num_edges: int, num_sources: int, num_targets: int) -> None:
    """Raises `ValueError` where int32 cannot count the edges or nodes.

    Checked here and not where the op is called, so that tracing with sizes yet unknown
    does not bound them.
    """
    require(
        max(num_edges, num_sources, num_targets) < 2**31,
        "Adjacency",
        "at most 2^31 - 1 edges and nodes fit into one view; split the graph",
        {
            "num_edges": num_edges,
            "num_sources": num_sources,
            "num_targets": num_targets,
        },
    )


def refuse(end: str, edge: int, node: int, num_nodes: int) -> None:
    """Raises `ValueError` naming the edge whose `end` is no node."""
    row = 0 if end == "source" else 1
    require(
        False,
        "Adjacency",
        f"every {end} must be a node: at least 0 and below num_{end}s; "
        "correct the edge, or pass the right number of nodes",
        {f"edge_index[{row}, {edge}]": node, f"num_{end}s": num_nodes},
    )

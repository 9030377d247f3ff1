"""Shortest paths between pairs of nodes, counted in edges."""

from torch import Tensor

from graphattn.ops.kernels import NATIVE
from graphattn.ops.paths import native, portable


def find_paths(
    colptr: Tensor,
    row: Tensor,
    csc_perm: Tensor,
    source: Tensor,
    target: Tensor,
    most: int,
    width: int | None,
) -> tuple[Tensor, Tensor | None]:
    """Searches breadth-first from each source until all of its targets are found.

    Both implementations return the same: where several paths are shortest, each step
    back from the target takes the edge of the lowest id.

    Args:
        colptr: int32 `[num_nodes + 1]`, where each source's edges begin.
        row: int32 `[num_edges]`, the targets of the edges, by source.
        csc_perm: int32 `[num_edges]`, their ids.
        source: `[num_pairs]`, not decreasing.
        target: `[num_pairs]`.
        most: Paths of more edges count as none.
        width: Most edges that a path is returned with; None returns no paths.

    Returns:
        int32 `[num_pairs]`, -1 where there is no path, and int32 `[num_pairs, width]`
        edge ids from the source on, filled up with -1.
    """
    on_cpu = colptr.device.type == "cpu"
    search = native.find_paths if NATIVE and on_cpu else portable.find_paths
    return search(colptr, row, csc_perm, source, target, most, width)

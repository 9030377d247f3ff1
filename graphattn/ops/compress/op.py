"""`graphattn::compress`: from a list of edges to compressed rows and columns."""

import torch
from torch import Tensor

from graphattn.ops.compress import native, portable
from graphattn.ops.kernels import NATIVE


@torch.library.custom_op("graphattn::compress", mutates_args=())
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
    return portable.compress(edge_index, num_sources, num_targets)


@compress.register_fake
def _(
    edge_index: Tensor, num_sources: int, num_targets: int
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]:
    num_edges = edge_index.shape[1]

    def ints(size: int) -> Tensor:
        return edge_index.new_empty(size, dtype=torch.int32)

    return (
        ints(num_targets + 1),
        ints(num_edges),
        ints(num_edges),
        ints(num_sources + 1),
        ints(num_edges),
        ints(num_edges),
    )


if NATIVE:
    compress.register_kernel("cpu")(native.compress)

"""`graphattn::compress`: from a list of edges to compressed rows and columns."""

import torch
from torch import Tensor

from graphattn.ops.compress import native, portable
from graphattn.ops.define import define

compress = define("compress", portable.compress, native.compress)


@torch.library.register_fake(compress)
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

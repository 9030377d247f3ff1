"""FlexAttention along edges and within ragged sets, as its users would run it."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.nn.attention.flex_attention import (
    BlockMask,
    create_block_mask,
    flex_attention,
)

_BLOCK = 128


def along_edges(edges: Tensor, nodes: int) -> BlockMask:
    """Returns the mask of a graph without duplicate edges.

    The blocks that hold an edge are found from the edges: asked about every pair, as
    `create_block_mask` does, a large graph needs too much memory.
    """
    source, target = edges
    allowed = torch.zeros(nodes, nodes, dtype=torch.bool)
    allowed[target, source] = True
    count = -(-nodes // _BLOCK)
    filled = torch.zeros(count, count, dtype=torch.bool)
    filled[target // _BLOCK, source // _BLOCK] = True
    order = filled.int().argsort(dim=1, descending=True, stable=True)
    return BlockMask.from_kv_blocks(
        filled.sum(1, dtype=torch.int32)[None, None],
        order.int()[None, None],
        BLOCK_SIZE=_BLOCK,
        mask_mod=lambda _b, _h, one, other: allowed[one, other],
        seq_lengths=(nodes, nodes),
    )


def within_sets(batch: Tensor) -> BlockMask:
    """Returns the document mask."""
    return create_block_mask(
        lambda _b, _h, one, other: batch[one] == batch[other],
        *(None, None, len(batch), len(batch)),
        device=batch.device.type,
    )


def attend(
    leaves: list[Tensor], mask: BlockMask, compiled: Callable[[Callable], Callable]
) -> Callable[[], Tensor]:
    """Returns a call on `[rows, heads, width]`."""
    flex: Any = compiled(flex_attention)

    def call() -> Tensor:
        query, key, value = (leaf.transpose(0, 1).unsqueeze(0) for leaf in leaves)
        found = flex(query, key, value, block_mask=mask)
        return found.squeeze(0).transpose(0, 1)

    return call

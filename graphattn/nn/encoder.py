"""`Encoder`: blocks one after the other."""

from collections.abc import Iterable, Sequence
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from graphattn._errors import require
from graphattn.adjacency import Adjacency
from graphattn.nn.block import GraphTransformerBlock
from graphattn.nn.residual import ResidualBlock


class Encoder(nn.Module):
    """A stack of blocks, whoever attends to whom, and a last norm where it lacks one.

    ``Encoder(GraphTransformerBlock(64, 4) for _ in range(3))``

    Args:
        blocks: Blocks of one width; they may differ in all else.

    Raises:
        ValueError: There is no block, or their widths differ.
    """

    def __init__(self, blocks: Iterable[GraphTransformerBlock]) -> None:
        super().__init__()
        chosen = list(blocks)
        self.channels, self.norm = last_norm("Encoder", chosen)
        self.blocks = nn.ModuleList(chosen)
        self.is_placed = any(block.is_placed for block in chosen)

    def forward(
        self,
        x: Float[Tensor, "*nodes channels"],
        edge_index: Tensor | Adjacency | None = None,
        edge_attr: Tensor | None = None,
        **attending: Any,
    ) -> Float[Tensor, "*nodes channels"]:
        """Returns new vectors of the nodes.

        Args:
            x: Vectors of the nodes.
            edge_index: Who attends to whom; None is full attention within each graph.
            edge_attr: Features of the edges; a block that updates them hands the new
                ones to the next.
            attending: Further keywords of `GraphTransformerBlock.forward`.

        Raises:
            ValueError: As the blocks.
        """
        for block in self.blocks:
            x = block(x, edge_index, edge_attr, **attending)
            if isinstance(x, tuple):
                x, edge_attr = x
        return self.norm(x)

    def go_on(
        self,
        x: Float[Tensor, "*sets new channels"],
        memory: list[Tensor] | None = None,
        *,
        keep: int,
    ) -> tuple[Float[Tensor, "*sets new channels"], list[Tensor]]:
        """Attends causally to new nodes and to what is remembered of those before.

        Each block remembers what it read of the last `keep` nodes. Gradients do not
        pass into the memory, so a long text is learned segment by segment.

        Args:
            x: Vectors of the nodes of a segment.
            memory: From the segment before; None at the beginning.
            keep: How many nodes are remembered.

        Returns:
            New vectors of the nodes, and the memory for the next segment.

        Source:
            Dai et al. 2019, https://arxiv.org/abs/1901.02860.
        """
        remembered = []
        for number, block in enumerate(self.blocks):
            past = None if memory is None else memory[number]
            seen = x if past is None else torch.cat([past, x], dim=-2)
            remembered.append(seen[..., max(seen.shape[-2] - keep, 0) :, :].detach())
            x = block(x, causal=True, memory=past)
        return self.norm(x), remembered

    @torch.no_grad()
    def attention_weights(
        self,
        x: Float[Tensor, "num_nodes channels"],
        edge_index: Tensor | Adjacency,
    ) -> Float[Tensor, "layers num_edges heads"]:
        """Returns the weights of every block, in `edge_index` order.

        Args:
            x: Vectors of the nodes.
            edge_index: Who attends to whom; `patterns.full` stands for everyone.
        """
        weights = []
        for block in self.blocks:
            assert isinstance(block, GraphTransformerBlock)
            weights.append(block.attention_weights(x, edge_index))
            x = block(x, edge_index)
        return torch.stack(weights)


def last_norm(caller: str, blocks: Sequence[ResidualBlock]) -> tuple[int, nn.Module]:
    """Returns the blocks' width, and the norm that must follow the last of them."""
    widths = [block.channels for block in blocks]
    require(
        len(set(widths)) == 1,
        caller,
        "there must be at least one block, and all of one width",
        {"channels": widths},
    )
    first = blocks[-1].norm_first
    return widths[0], nn.LayerNorm(widths[0]) if first else nn.Identity()

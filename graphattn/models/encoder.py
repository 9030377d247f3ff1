"""A stack of attention blocks over the nodes of some graphs."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from graphattn.adjacency import Adjacency
from graphattn.models.batch import GraphBatch
from graphattn.models.inputs import Columns, NodeInput
from graphattn.nn.block import GraphTransformerBlock


class Predictor(nn.Module):
    """A model that predicts from what an encoder made of the nodes."""

    encoder: "GraphEncoder"


class GraphEncoder(nn.Module):
    """Turns the nodes of a batch into vectors that know about those they attend to."""

    def __init__(
        self,
        nodes: Columns,
        edges: Columns | None = None,
        *,
        channels: int = 64,
        heads: int = 4,
        layers: int = 3,
        score: str = "dot",
        dropout: float = 0.1,
    ) -> None:
        """Builds the input and the blocks.

        Args:
            nodes: Columns of the node features.
            edges: Columns of the edge features; None where there are none.
            channels: Width of the vectors.
            heads: Attention heads of each block.
            layers: How many blocks.
            score: As in `GraphAttention`.
            dropout: As in `GraphTransformerBlock`.
        """
        super().__init__()
        self.input = NodeInput(nodes, edges, channels)
        self.blocks = nn.ModuleList(
            GraphTransformerBlock(channels, heads, score=score, dropout=dropout)
            for _ in range(layers)
        )
        self.norm = nn.LayerNorm(channels)

    def forward(self, batch: GraphBatch) -> Float[Tensor, "num_nodes channels"]:
        """Returns the vectors of the nodes after the last block, normalised."""
        return self.depths(batch)[-1]

    def depths(self, batch: GraphBatch) -> list[Float[Tensor, "num_nodes channels"]]:
        """Returns the nodes before the first block, between blocks and at the end."""
        x = self.input(batch.x, batch.edge_index, batch.edge_attr)
        graph_of_node = batch.batch if batch.attend is None else None
        found = [x]
        for block in self.blocks:
            x = block(x, batch.attend, batch=graph_of_node)
            found.append(x)
        return [*found[:-1], self.norm(x)]

    @torch.no_grad()
    def attention_weights(
        self, batch: GraphBatch, seen: Adjacency | None = None
    ) -> Float[Tensor, "layers num_pairs heads"]:
        """Returns the weights of every block, in the order of `seen`.

        Args:
            batch: The graphs.
            seen: The pairs whose weights are wanted: for some targets all that
                `batch.attend` holds. None is all of it; where that is full attention,
                say which: `patterns.full`, or for a large graph a few of its rows.
        """
        seen = batch.attend if seen is None else seen
        assert seen is not None
        graph_of_node = batch.batch if batch.attend is None else None
        x = self.input(batch.x, batch.edge_index, batch.edge_attr)
        weights = []
        for block in self.blocks:
            assert isinstance(block, GraphTransformerBlock)
            weights.append(block.attention_weights(x, seen))
            x = block(x, batch.attend, batch=graph_of_node)
        return torch.stack(weights)

"""The first vectors of the nodes, the same whoever attends to whom."""

from typing import NamedTuple

import torch
from jaxtyping import Float, Int, Shaped
from torch import Tensor, nn

_EMBEDDING_STD = 0.3  # some ten tables are summed: their sum has a variance near 1


class Columns(NamedTuple):
    """What the feature columns of nodes or edges hold.

    Attributes:
        channels: How many columns there are.
        categories: For integer columns, how many values each takes; empty for numbers.
    """

    channels: int
    categories: tuple[int, ...] = ()

    @classmethod
    def of(cls, features: Shaped[Tensor, "rows columns"]) -> "Columns":
        """Reads the columns of `features`: integers are categories from 0 on."""
        channels = features.shape[1]
        if features.is_floating_point():
            return cls(channels)
        sizes = features.amax(0) + 1 if len(features) else torch.ones(channels)
        return cls(channels, tuple(int(size) for size in sizes))


class ColumnSum(nn.Module):
    """A linear map of numbers; for categories, the sum of one embedding per column."""

    offset: Tensor

    def __init__(self, columns: Columns, channels: int) -> None:
        """Builds the map.

        Args:
            columns: What is mapped.
            channels: Width of the vectors.
        """
        super().__init__()
        sizes = torch.tensor(columns.categories, dtype=torch.long)
        self.register_buffer("offset", sizes.cumsum(0) - sizes, persistent=False)
        if columns.categories:
            self.map = nn.EmbeddingBag(int(sizes.sum()), channels, mode="sum")
            nn.init.normal_(self.map.weight, std=_EMBEDDING_STD)
        else:
            self.map = nn.Linear(columns.channels, channels)

    def forward(
        self, features: Shaped[Tensor, "rows columns"]
    ) -> Float[Tensor, "rows channels"]:
        """Returns one vector per row."""
        return self.map(features + self.offset if len(self.offset) else features)


class NodeInput(nn.Module):
    r"""A node's own features plus those of the edges that end at it.

    .. math:: h_i = \mathrm{node}(x_i) + \sum_{(j, i) \in E} \mathrm{edge}(e_{ji})

    Edge features enter here and not in the attention. Were they keys and values, then
    attention along the edges would read each bond, while attention between all pairs
    has no bond to read for most of its pairs: a comparison of the two would measure who
    got to see the bonds. Summed into the node they reach every structure alike. What
    still differs, and is meant to, is that only a restricted structure knows *which*
    two nodes an edge joins.
    """

    def __init__(self, nodes: Columns, edges: Columns | None, channels: int) -> None:
        """Builds the maps.

        Args:
            nodes: Columns of the node features.
            edges: Columns of the edge features; None where there are none.
            channels: Width of the vectors.
        """
        super().__init__()
        self.nodes = ColumnSum(nodes, channels)
        self.edges = None if edges is None else ColumnSum(edges, channels)

    def forward(
        self,
        x: Shaped[Tensor, "num_nodes node_columns"],
        edge_index: Int[Tensor, "2 num_edges"],
        edge_attr: Shaped[Tensor, "num_edges edge_columns"] | None = None,
    ) -> Float[Tensor, "num_nodes channels"]:
        """Returns the first vectors of the nodes."""
        out = self.nodes(x)
        if self.edges is None or edge_attr is None:
            return out
        # Autocast gives a linear map and a sum of embeddings different types.
        return out.index_add(0, edge_index[1], self.edges(edge_attr).to(out))

"""New features of edges, from the nodes at their ends."""

from jaxtyping import Float
from torch import Tensor, nn

from graphattn._errors import require
from graphattn.adjacency import Adjacency, as_adjacency


class EdgeUpdate(nn.Module):
    r"""Adds to an edge's features what its two ends say.

    .. math::
        e_{ij}' = e_{ij} + W_2 \, \mathrm{gelu}(W_t x_i + W_s x_j
        + W_e \, \mathrm{norm}(e_{ij}))

    Args:
        channels: Width of the nodes' vectors.
        edge_dim: Width of the edges' features, in and out.

    Source:
        Dwivedi, Bresson 2021, https://arxiv.org/abs/2012.09699 (layers with edges).
    """

    def __init__(self, channels: int, edge_dim: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(edge_dim)
        self.edge_proj = nn.Linear(edge_dim, channels)
        self.source_proj = nn.Linear(channels, channels, bias=False)
        self.target_proj = nn.Linear(channels, channels, bias=False)
        self.out_proj = nn.Linear(channels, edge_dim)

    def forward(
        self,
        x: Float[Tensor, "num_nodes channels"],
        edge_index: Tensor | Adjacency,
        edge_attr: Float[Tensor, "num_edges edge_dim"],
    ) -> Float[Tensor, "num_edges edge_dim"]:
        """Returns new features of the edges, in `edge_index` order.

        Args:
            x: Vectors of the nodes.
            edge_index: Which two nodes each edge joins.
            edge_attr: Features of the edges.

        Raises:
            ValueError: There is not one row of features per edge.
        """
        adjacency = as_adjacency(edge_index, len(x), len(x), "EdgeUpdate")
        require(
            len(edge_attr) == adjacency.num_edges,
            "EdgeUpdate",
            "edge_attr must have one row per edge",
            {"edge_attr": edge_attr, "num_edges": adjacency.num_edges},
        )
        source, target = adjacency.edge_index
        hidden = self.edge_proj(self.norm(edge_attr))
        hidden = hidden + self.source_proj(x)[source] + self.target_proj(x)[target]
        return edge_attr + self.out_proj(nn.functional.gelu(hidden))

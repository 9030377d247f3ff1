"""`GraphAttentionNet`: a stack of attention layers, as PyG's `GAT` is one."""

from typing import Any, Final

from torch import Tensor
from torch_geometric.nn import MessagePassing
from torch_geometric.nn.models.basic_gnn import BasicGNN

from graphattn import patterns
from graphattn._errors import require
from graphattn.adjacency import Adjacency
from graphattn.nn.attention import GraphAttention


class GraphAttentionNet(BasicGNN):
    """Layers of `GraphAttention` with activations and norms between them.

    What PyG's `BasicGNN` takes and does holds here: `jk`, `norm`, `act`, trimming,
    layer-wise `inference`, lazy and bipartite widths. Further keywords (`heads`,
    `score`, `edge_dim`, ...) go to every `GraphAttention`. `dropout` acts between
    layers and on attention weights. The last layer, where it maps to `out_channels`,
    takes the mean of its heads.
    """

    supports_edge_weight: Final = False  # pyright: ignore[reportGeneralTypeIssues]
    supports_edge_attr: Final = True  # pyright: ignore[reportGeneralTypeIssues]

    def init_conv(
        self, in_channels: int | tuple[int, int], out_channels: int, **kwargs: Any
    ) -> MessagePassing:
        """Returns one layer; `BasicGNN` calls this."""
        if getattr(self, "_is_conv_to_out", False):
            kwargs["concat"] = False
        return GraphAttention(
            in_channels, out_channels, dropout=self.dropout.p, **kwargs
        )

    def forward(
        self,
        x: Tensor | tuple[Tensor, Tensor],
        edge_index: Tensor | Adjacency | None = None,
        edge_weight: Tensor | None = None,
        edge_attr: Tensor | None = None,
        batch: Tensor | None = None,
        batch_size: int | None = None,
        num_sampled_nodes_per_hop: list[int] | None = None,
        num_sampled_edges_per_hop: list[int] | None = None,
    ) -> Tensor:
        """Returns the vectors of the nodes after the last layer.

        Args:
            x: Features of the nodes; a pair (of sources, of targets) for one layer.
            edge_index: Who attends to whom; None: everyone in the same graph.
            edge_weight: Refused; it stands where `BasicGNN` has it.
            edge_attr: Features of the edges, for layers made with `edge_dim`.
            batch: The graph of each node, for full attention and for norms.
            batch_size: Number of graphs, for norms.
            num_sampled_nodes_per_hop: As a loader gives them, to trim the graph.
            num_sampled_edges_per_hop: Likewise.

        Raises:
            ValueError: There are edge weights, or as `GraphAttention.forward`.
        """
        require(
            not isinstance(edge_weight, Tensor),
            "GraphAttentionNet",
            "attention makes its own weights; pass edge_weight as edge_attr of one "
            "column, to a net made with edge_dim=1",
            {"edge_weight": edge_weight},
        )
        if edge_index is None and isinstance(x, Tensor) and batch is not None:
            edge_index = patterns.full(x.shape[0], batch=batch)
        return super().forward(
            x,  # pyright: ignore[reportArgumentType]
            edge_index,
            edge_weight,
            edge_attr,
            batch,
            batch_size,
            num_sampled_nodes_per_hop,
            num_sampled_edges_per_hop,
        )

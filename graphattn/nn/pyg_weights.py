"""Weights from PyG's attention layers to `GraphAttention`, and back."""

from typing import Any, TypeVar

from torch_geometric.nn import MessagePassing

from graphattn.nn.from_pyg import loaded, read_pyg
from graphattn.nn.to_pyg import write_pyg

_Layer = TypeVar("_Layer")


class PyGWeights:
    """Makes a `GraphAttention` from PyG's layers, and PyG's layers from it."""

    @classmethod
    def from_pyg(cls: type[_Layer], layer: MessagePassing) -> _Layer:
        """Returns a layer with the weights, and the results, of one of PyG's.

        On the same edges, that is: this layer never adds self-loops. Where PyG's adds
        them, pass the edges with a loop at every node (`patterns.with_self_loops`,
        once). PyG also takes out the loops a graph already has; the results differ
        where a graph repeats a loop.

        Args:
            layer: A `GATConv`, `GATv2Conv` or `TransformerConv`, or a fused twin. Its
                weights are copied; `residual` and `root_weight` become `skip`.

        Raises:
            ValueError: A layer of another kind, or one with what `GraphAttention`
                lacks: a beta gate, edge features that only score (GAT and GATv2),
                another aggregation or flow, or sizes still to be found.
        """
        given: Any = layer
        options, weights = read_pyg(given)
        make: Any = cls
        made = make(
            out_channels=given.out_channels * (given.heads if given.concat else 1),
            heads=given.heads,
            concat=given.concat,
            dropout=given.dropout,
            **options,
        )
        return loaded(made, weights, given)

    def to_pyg(self) -> MessagePassing:
        """Returns PyG's layer with the same weights and results on the same edges.

        The score ``"dot"`` gives a `TransformerConv`, ``"gat"`` a `GATConv` and
        ``"gatv2"`` a `GATv2Conv`, the last two without self-loops of their own.

        Raises:
            ValueError: PyG's layer lacks what this one has: the score
                ``"additive"``, a position, an output projection, or, for GAT and
                GATv2, edge features that are added to values.
        """
        layer: Any = self
        kind, (options, weights) = write_pyg(layer)
        make: Any = kind
        made = make(
            out_channels=layer.head_dim,
            heads=layer.heads,
            concat=layer.concat,
            dropout=layer.dropout,
            **options,
        )
        return loaded(made, weights, layer)

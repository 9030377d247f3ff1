"""What the twins of `GATConv` and `GATv2Conv` have in common."""

from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch_geometric import EdgeIndex
from torch_geometric.utils.sparse import set_sparse_value

from graphattn._errors import require
from graphattn.adjacency import Adjacency, as_adjacency
from graphattn.nn.conv.fusing import (
    Fused,
    check_rows,
    check_size,
    edge_rows,
    representable,
)
from graphattn.nn.conv.loops import attr_with_loops, edges_with_loops, with_loops
from graphattn.nn.projection import project


class Along(NamedTuple):
    """The edges that a layer attends along, self-loops included where it adds them."""

    adjacency: Adjacency
    edge_attr: Tensor | None
    edge_mask: Tensor | None


class GATFamily(Fused):
    """Self-loops, the attention's return forms, residual and bias."""

    add_self_loops: bool
    fill_value: float | Tensor | str
    res: Any
    bias: Tensor | None

    def _fuses(self, edge_index: Any, return_attention_weights: object) -> bool:
        """Whether this call may be fused."""
        if self.why_not_fused() is not None or not representable(edge_index):
            return False
        # PyG returns the weights that dropout has been at, whose draws are its own,
        # and a compiled graph cannot leave out edges, only mask them.
        return not return_attention_weights or not (
            self._dropping() or torch.compiler.is_compiling()
        )

    def _along(
        self, edge_index: Any, edge_attr: Tensor | None, size: tuple[int, int]
    ) -> Along:
        caller = type(self).__name__
        edge_attr = edge_rows(caller, self.lin_edge, edge_attr, edge_index)
        if not self.add_self_loops:
            return Along(as_adjacency(edge_index, *size, caller), edge_attr, None)
        looped = with_loops(edge_index, size, min(size))
        if edge_attr is not None:
            edge_attr = attr_with_loops(edge_attr, edge_index, looped, self.fill_value)
        return Along(looped.adjacency, edge_attr, looped.edge_mask)

    def _check(
        self, source: Tensor, target: Tensor | None, lin_source: Any, lin_target: Any
    ) -> None:
        caller = type(self).__name__
        check_rows(caller, "x", source, lin_source)
        if target is not None and target is not source:
            check_rows(caller, "x[1]", target, lin_target)

    def _check_edges(self, edge_index: Any, edge_attr: Tensor | None) -> None:
        caller = type(self).__name__
        edge_rows(caller, self.lin_edge, edge_attr, edge_index)
        require(
            edge_attr is None
            or not self.add_self_loops
            or not isinstance(edge_index, Tensor)
            or edge_index.layout == torch.strided,
            caller,
            "edge_attr beside a torch.sparse adjacency says nothing about self-loops; "
            "pass an edge_index, or make the layer with add_self_loops=False",
            {"edge_attr": edge_attr, "edge_index": edge_index},
        )

    def _num_nodes(
        self,
        key: Tensor,
        query: Tensor | None,
        edge_index: Any,
        size: tuple[int | None, int | None] | None = None,
    ) -> tuple[int, int]:
        """Returns the numbers of sources and of targets, checked."""
        if isinstance(edge_index, Adjacency):
            size = (edge_index.num_sources, edge_index.num_targets)
        elif edge_index.layout != torch.strided:
            size = (edge_index.shape[1], edge_index.shape[0])
        elif isinstance(edge_index, EdgeIndex):
            # Self-loops would make room for the nodes that it lacks.
            size = None if self.add_self_loops else edge_index.sparse_size()
        num_targets = len(key) if query is None else len(query)
        if query is None and size is not None and size[1] is not None:
            num_targets = size[1]
        check_size(type(self).__name__, size, len(key), num_targets)
        return len(key), num_targets

    def _rest(self, target: Tensor | None) -> Tensor | None:
        """Returns the residual; first of all, as lazy layers draw in this order."""
        return None if target is None or self.res is None else project(self.res, target)

    def _finish(self, out: Tensor, rest: Tensor | None) -> Tensor:
        out = out.flatten(1) if self.concat else out.mean(1)
        out = out if rest is None else out + rest
        return out if self.bias is None else out + self.bias

    def _beside(self, edge_index: Any, alpha: Tensor, num_loops: int) -> Any:
        """Returns what PyG returns as second: edges and weights, in its form."""
        if isinstance(edge_index, Adjacency):
            edge_index = edge_index.edge_index
        if self.add_self_loops:
            edge_index = edges_with_loops(edge_index, num_loops)
        if edge_index.layout != torch.strided:
            return set_sparse_value(edge_index, alpha), alpha
        return edge_index, alpha

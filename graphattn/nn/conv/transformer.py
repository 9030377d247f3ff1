"""PyG's `TransformerConv`, fused."""

from typing import Any

import torch
from torch import Tensor
from torch_geometric import EdgeIndex
from torch_geometric.nn import MessagePassing, conv
from torch_geometric.typing import Adj

from graphattn._errors import require
from graphattn.adjacency import Adjacency
from graphattn.functional import attention_weights, graph_attention
from graphattn.nn.conv.fusing import (
    Fused,
    check_rows,
    check_size,
    edge_rows,
    pygs,
    representable,
)
from graphattn.nn.projection import project


class TransformerConv(Fused, conv.TransformerConv):
    """PyG's `TransformerConv`: its parameters and results, in one fused pass.

    Source:
        Shi et al. 2021, https://arxiv.org/abs/2009.03509.
    """

    stock = conv.TransformerConv
    # As in GATConv, PyG makes a faster one from this comment. propagate_type: (
    #     query: Tensor, key: Tensor, value: Tensor, edge_attr: OptTensor)
    propagate = MessagePassing.propagate

    def forward(
        self,
        x: Tensor | tuple[Tensor, Tensor],
        edge_index: Adj | Adjacency,
        edge_attr: Tensor | None = None,
        return_attention_weights: bool | None = None,
    ) -> Any:
        """Attends along the edges; everything as in PyG's layer.

        Args:
            x: Features of nodes, or a pair (of sources, of targets).
            edge_index: Who attends to whom; see `Adjacency.from_edge_index`.
            edge_attr: Features of the edges, in `edge_index` order.
            return_attention_weights: True or False returns edges and weights as well,
                before dropout; None, as in PyG, the output alone.

        Raises:
            ValueError: Sizes do not fit, `edge_index` names no node, or `edge_attr`
                and `edge_dim` come one without the other.
        """
        source, target = (x, x) if isinstance(x, Tensor) else x
        rows = self._check(source, target, edge_index, edge_attr)
        if self.why_not_fused() is not None or not representable(edge_index):
            return self.stock.forward(
                self, x, pygs(edge_index), edge_attr, return_attention_weights
            )
        query, key, value = (
            project(linear, nodes).unflatten(-1, (self.heads, self.out_channels))
            for linear, nodes in (
                (self.lin_query, target),
                (self.lin_key, source),
                (self.lin_value, source),
            )
        )
        weight = self._edge_weight(rows)
        scores = {
            "query": query,
            "key": key,
            "edge_index": edge_index,
            "edge_attr": rows,
            "edge_key_weight": weight,
        }
        out = graph_attention(
            value=value, edge_value_weight=weight, dropout=self._dropping(), **scores
        )
        out = self._finish(out, target)
        if not isinstance(return_attention_weights, bool):
            return out
        return out, (pygs(edge_index), attention_weights(**scores))

    def _check(
        self,
        source: Tensor,
        target: Tensor,
        edge_index: Any,
        edge_attr: Tensor | None,
    ) -> Tensor | None:
        """Checks the inputs; returns the edges' features, where the layer takes any."""
        caller = type(self).__name__
        check_rows(caller, "x", source, self.lin_key)
        if target is not source:
            check_rows(caller, "x[1]", target, self.lin_query)
        if isinstance(edge_index, EdgeIndex):
            check_size(caller, edge_index.sparse_size(), len(source), len(target))
        values = not isinstance(edge_index, Adjacency) and (
            not isinstance(edge_index, Tensor) or edge_index.layout != torch.strided
        )
        require(
            self.lin_edge is None or edge_attr is not None or values,
            caller,
            "a layer made with edge_dim needs the edges' features: pass edge_attr",
            {"edge_attr": None, "edge_dim": self.edge_dim},
        )
        return edge_rows(caller, self.lin_edge, edge_attr, edge_index)

    def _finish(self, out: Tensor, target: Tensor) -> Tensor:
        out = out.flatten(1) if self.concat else out.mean(1)
        if not self.root_weight:
            return out
        root = project(self.lin_skip, target)
        if self.lin_beta is None:
            return out + root
        gate = self.lin_beta(torch.cat([out, root, out - root], dim=-1)).sigmoid()
        return gate * root + (1 - gate) * out

"""PyG's `GATv2Conv`, fused."""

from typing import Any

from torch import Tensor
from torch_geometric.nn import MessagePassing, conv
from torch_geometric.typing import Adj

from graphattn._errors import require
from graphattn.adjacency import Adjacency
from graphattn.functional import additive_attention, attention_weights
from graphattn.nn.conv.family import GATFamily
from graphattn.nn.conv.fusing import pygs
from graphattn.nn.projection import project


class GATv2Conv(GATFamily, conv.GATv2Conv):
    """PyG's `GATv2Conv`: its constructor, parameters and results, in one fused pass.

    Source:
        Brody et al. 2022, https://arxiv.org/abs/2105.14491.
    """

    stock = conv.GATv2Conv
    # As in GATConv, PyG makes faster ones from these comments.
    # propagate_type: (x: PairTensor, alpha: Tensor)
    propagate = MessagePassing.propagate
    # edge_updater_type: (x: PairTensor, edge_attr: OptTensor)
    edge_updater = MessagePassing.edge_updater

    def forward(
        self,
        x: Tensor | tuple[Tensor, Tensor | None],
        edge_index: Adj | Adjacency,
        edge_attr: Tensor | None = None,
        return_attention_weights: bool | None = None,
    ) -> Any:
        """Attends along the edges; everything as in PyG's layer.

        Args:
            x: Features of nodes, or a pair (of sources, of targets).
            edge_index: Who attends to whom; see `Adjacency.from_edge_index`.
            edge_attr: Features of the edges, in `edge_index` order.
            return_attention_weights: Whether to return edges and weights as well, in
                PyG's forms, after dropout.

        Raises:
            ValueError: Sizes do not fit, `edge_index` names no node, or `edge_attr`
                comes without `edge_dim`.
        """
        source, target = (x, x) if isinstance(x, Tensor) else x
        require(
            target is not None,
            type(self).__name__,
            "targets have scores of their own: x[1] must not be None",
            {"x[1]": target},
        )
        assert target is not None
        self._check(source, target, self.lin_l, self.lin_r)
        self._check_edges(edge_index, edge_attr)
        if not self._fuses(edge_index, return_attention_weights):
            return self.stock.forward(
                self, x, pygs(edge_index), edge_attr, return_attention_weights
            )
        rest = self._rest(target)
        key = project(self.lin_l, source)
        key = key.unflatten(-1, (self.heads, self.out_channels))
        query = key
        if target is not source or self.lin_r is not self.lin_l:
            query = project(self.lin_r, target)
            query = query.unflatten(-1, (self.heads, self.out_channels))
        rows = self._num_nodes(key, query, edge_index)
        along = self._along(edge_index, edge_attr, rows)
        scores = {
            "query": query,
            "key": key,
            "edge_index": along.adjacency,
            "weight": self.att[0],
            "negative_slope": self.negative_slope,
            "edge_attr": along.edge_attr,
            "edge_key_weight": self._edge_weight(along.edge_attr),
            "edge_mask": along.edge_mask,
        }
        out = additive_attention(value=key, dropout=self._dropping(), **scores)
        out = self._finish(out, rest)
        if not return_attention_weights:
            return out
        return out, self._beside(edge_index, attention_weights(**scores), min(rows))

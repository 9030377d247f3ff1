"""PyG's `GATConv`, fused."""

from typing import Any

from torch import Tensor
from torch.nn.functional import linear
from torch_geometric.nn import MessagePassing, conv
from torch_geometric.typing import Adj

from graphattn.adjacency import Adjacency
from graphattn.functional import gat_attention, gat_weights
from graphattn.nn.conv.family import GATFamily
from graphattn.nn.conv.fusing import pygs
from graphattn.nn.projection import project


class GATConv(GATFamily, conv.GATConv):
    """PyG's `GATConv`: its constructor, parameters and results, in one fused pass.

    Source:
        Veličković et al. 2018, https://arxiv.org/abs/1710.10903.
    """

    stock = conv.GATConv
    lin: Any
    lin_src: Any
    lin_dst: Any
    # At the first construction PyG replaces these by faster ones, made from the
    # comments, and keeps these for explainers, who must not get its class's fast ones.
    # propagate_type: (x: OptPairTensor, alpha: Tensor)
    propagate = MessagePassing.propagate
    # edge_updater_type: (alpha: OptPairTensor, edge_attr: OptTensor)
    edge_updater = MessagePassing.edge_updater

    def forward(
        self,
        x: Tensor | tuple[Tensor, Tensor | None],
        edge_index: Adj | Adjacency,
        edge_attr: Tensor | None = None,
        size: tuple[int | None, int | None] | None = None,
        return_attention_weights: bool | None = None,
    ) -> Any:
        """Attends along the edges; everything as in PyG's layer.

        Args:
            x: Features of nodes, or a pair (of sources, of targets or None).
            edge_index: Who attends to whom; see `Adjacency.from_edge_index`.
            edge_attr: Features of the edges, in `edge_index` order.
            size: Numbers of sources and of targets.
            return_attention_weights: Whether to return edges and weights as well, in
                PyG's forms, after dropout.

        Raises:
            ValueError: Sizes do not fit, `edge_index` names no node, or `edge_attr`
                comes without `edge_dim`.
        """
        source, target = (x, x) if isinstance(x, Tensor) else x
        lin_source, lin_target = (
            (self.lin_src, self.lin_dst) if self.lin is None else (self.lin, self.lin)
        )
        self._check(source, target, lin_source, lin_target)
        self._check_edges(edge_index, edge_attr)
        if not self._fuses(edge_index, return_attention_weights):
            return self.stock.forward(
                self, x, pygs(edge_index), edge_attr, size, return_attention_weights
            )
        rest = self._rest(target)
        key = project(lin_source, source).unflatten(-1, (self.heads, self.out_channels))
        if target is None:
            query = None
        elif target is source and lin_target is lin_source:
            query = key
        else:
            query = project(lin_target, target)
            query = query.unflatten(-1, (self.heads, self.out_channels))
        rows = self._num_nodes(key, query, edge_index, size)
        along = self._along(edge_index, edge_attr, rows)
        scores = {
            "alpha_target": self._target_scores(query, key, rows[1]),
            "alpha_source": (key * self.att_src).sum(-1),
            "edge_index": along.adjacency,
            "negative_slope": self.negative_slope,
            "edge_score": self._edge_scores(along.edge_attr),
            "edge_mask": along.edge_mask,
        }
        out = gat_attention(value=key, dropout=self._dropping(), **scores)
        out = self._finish(out, rest)
        if not return_attention_weights:
            return out
        return out, self._beside(edge_index, gat_weights(**scores), min(rows))

    def _target_scores(
        self, query: Tensor | None, key: Tensor, num_targets: int
    ) -> Tensor:
        if query is None:
            return key.new_zeros(num_targets, self.heads)
        return (query * self.att_dst).sum(-1)

    def _edge_scores(self, edge_attr: Tensor | None) -> Tensor | None:
        """Returns one number for each edge and head: both projections in one."""
        if edge_attr is None or self.att_edge is None:
            return None
        weight = self.lin_edge.weight.unflatten(0, (self.heads, self.out_channels))
        return linear(edge_attr, (weight * self.att_edge[0].unsqueeze(-1)).sum(1))

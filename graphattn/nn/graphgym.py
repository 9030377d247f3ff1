"""`GraphAttention` in GraphGym: importing this registers the layers.

``gnn.layer_type`` becomes ``graphattention`` (score ``"dot"``) or
``graphattention_additive``, ``graphattention_gatv2``, ``graphattention_gat``; with
``_edge`` appended, edge features of width ``dataset.edge_dim`` take part. The number of
heads is ``gnn.att_heads``.
"""

from functools import partial
from typing import Any

from torch import nn
from torch_geometric.graphgym.config import cfg
from torch_geometric.graphgym.models.layer import LayerConfig
from torch_geometric.graphgym.register import register_layer

from graphattn.nn.attention import GraphAttention
from graphattn.nn.scores import SCORES

if cfg is None:
    raise ImportError(
        "graphattn.nn.graphgym: GraphGym reads its settings with yacs, which is "
        "missing; install it with: pip install yacs"
    )


class GraphGymAttention(nn.Module):
    """`GraphAttention` as GraphGym builds and calls its layers.

    Args:
        layer_config: The widths, and whether there is a bias.
        score: As in `GraphAttention`.
        edges: Whether edge features take part.
    """

    def __init__(
        self,
        layer_config: LayerConfig,
        *,
        score: str = "dot",
        edges: bool = False,
        **_: Any,
    ) -> None:
        super().__init__()
        self.model = GraphAttention(
            layer_config.dim_in,
            layer_config.dim_out,
            cfg.gnn.att_heads,
            score=score,
            edge_dim=layer_config.edge_dim if edges else None,
            bias=layer_config.has_bias,
        )

    def forward(self, batch: Any) -> Any:
        """Replaces `batch.x` and returns the batch."""
        edge_attr = None if self.model.edge_dim is None else batch.edge_attr
        batch.x = self.model(batch.x, batch.edge_index, edge_attr)
        return batch


for _score in SCORES:
    _name = "graphattention" if _score == "dot" else f"graphattention_{_score}"
    register_layer(_name, partial(GraphGymAttention, score=_score))
    register_layer(
        f"{_name}_edge", partial(GraphGymAttention, score=_score, edges=True)
    )

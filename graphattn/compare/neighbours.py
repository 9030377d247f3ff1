"""The mean over neighbours in place of attention: what a graph convolution does."""

from torch import Tensor, nn
from torch_geometric.nn import SAGEConv

from graphattn.adjacency import Adjacency
from graphattn.compare.specification import Specification
from graphattn.models import Predictor


class NeighbourMean(nn.Module):
    r"""Stands where a block has its attention: every neighbour counts the same.

    .. math:: o_i = W \, \mathrm{mean}_{j \in N(i)} x_j

    Source:
        Hamilton et al. 2017, https://arxiv.org/abs/1706.02216 (PyG's `SAGEConv`).
    """

    def __init__(self, channels: int) -> None:
        """Builds the map.

        Args:
            channels: Width of the nodes' vectors, in and out.
        """
        super().__init__()
        self.convolution = SAGEConv(channels, channels, aggr="mean", root_weight=False)

    def forward(
        self,
        x: Tensor,
        edge_index: Adjacency,
        edge_attr: Tensor | None = None,
        *,
        edge_mask: Tensor | None = None,
        batch: Tensor | None = None,
        causal: bool = False,
    ) -> Tensor:
        """Returns new vectors of the nodes; takes what attention takes.

        Args:
            x: Vectors of the nodes.
            edge_index: Whose mean each node gets.
            edge_attr: Not read.
            edge_mask: Not read.
            batch: Not read.
            causal: Not read.
        """
        return self.convolution(x, edge_index.edge_index)


def mean_model(specification: Specification, seed: int) -> Predictor:
    """Returns the model of a seed with means for attention, all else alike.

    Args:
        specification: Of the model.
        seed: Of the initialisation.
    """
    model = specification.build(seed)
    for block in model.encoder.blocks:
        block.attention = NeighbourMean(specification.channels)
    return model

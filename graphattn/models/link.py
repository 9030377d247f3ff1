"""Whether two nodes are, or should be, linked."""

from jaxtyping import Float, Int, Shaped
from torch import Tensor, nn

from graphattn.adjacency import Adjacency
from graphattn.nn import Encoder


class LinkPredictor(nn.Module):
    r"""Encodes the nodes and scores pairs of them, whatever the order of a pair.

    .. math:: s_{ij} = w \cdot \mathrm{gelu}(W (z_i \odot z_j))

    Args:
        inputs: Makes the nodes' first vectors of their features: `ColumnSum`, say.
        encoder: The blocks over the nodes.
    """

    def __init__(self, inputs: nn.Module, encoder: Encoder) -> None:
        super().__init__()
        self.inputs = inputs
        self.encoder = encoder
        channels = encoder.channels
        self.head = nn.Sequential(
            nn.Linear(channels, channels), nn.GELU(), nn.Linear(channels, 1)
        )

    def forward(
        self,
        x: Shaped[Tensor, "num_nodes columns"],
        edge_index: Tensor | Adjacency | None,
        pairs: Int[Tensor, "2 num_pairs"],
        *,
        batch: Int[Tensor, " num_nodes"] | None = None,
    ) -> Float[Tensor, " num_pairs"]:
        """Returns how likely each pair is a link, as a logit.

        Args:
            x: Features of the nodes.
            edge_index: The links that are known, and so who attends to whom; None:
                everyone in the same graph.
            pairs: The pairs asked for.
            batch: The graph of each node.
        """
        z = self.encoder(self.inputs(x), edge_index, batch=batch)
        return self.head(z[pairs[0]] * z[pairs[1]]).squeeze(-1)

"""One prediction per graph: a property of a molecule, the class of an image."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from graphattn.models.batch import GraphBatch
from graphattn.models.encoder import GraphEncoder, Predictor


class GraphPredictor(Predictor):
    """Encodes the nodes, reads them out by mean and by sum, and predicts.

    The mean is what an average atom says, the sum what there is in total. The sum is
    divided by `typical_size`, so that both begin at the same scale.
    """

    def __init__(
        self,
        encoder: GraphEncoder,
        outputs: int,
        *,
        typical_size: float = 1.0,
        dropout: float = 0.1,
    ) -> None:
        """Builds the head on an encoder.

        Args:
            encoder: The layers over the nodes.
            outputs: Numbers, or classes, to predict per graph.
            typical_size: Number of nodes of an average graph.
            dropout: Probability of dropping a channel inside the head.
        """
        super().__init__()
        channels = encoder.norm.weight.numel()
        self.encoder = encoder
        self.typical_size = typical_size
        self.head = nn.Sequential(
            nn.Linear(2 * channels, channels),
            nn.GELU(),
            nn.Dropout(dropout),
            nn.Linear(channels, outputs),
        )

    def forward(self, batch: GraphBatch) -> Float[Tensor, "num_graphs outputs"]:
        """Returns one row per graph."""
        x = self.encoder(batch)
        total = x.new_zeros(batch.num_graphs, x.shape[1]).index_add(0, batch.batch, x)
        sizes = torch.bincount(batch.batch, minlength=batch.num_graphs)
        mean = total / sizes.clamp(min=1)[:, None]
        return self.head(torch.cat([mean, total / self.typical_size], dim=1))

"""One prediction per graph: a property of a molecule, the class of an image."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from graphattn.models.batch import GraphBatch
from graphattn.models.encoder import GraphEncoder, Predictor


class GraphPredictor(Predictor):
    """Encodes the nodes, reads them out at every depth, and predicts.

    The mean is what an average atom says, the sum what there is in total; it is divided
    by `typical_size`, so that both begin at the same scale. Reading every depth lets
    the head see an atom alone, with its surroundings, and with those of theirs, as
    fingerprints of growing radius do.

    Source:
        Xu et al. 2018, https://arxiv.org/abs/1806.03536 (reading every depth).
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
            nn.Linear(2 * channels * (len(encoder.blocks) + 1), channels),
            nn.GELU(),
            nn.Dropout(dropout),
            nn.Linear(channels, outputs),
        )

    def forward(self, batch: GraphBatch) -> Float[Tensor, "num_graphs outputs"]:
        """Returns one row per graph."""
        x = torch.cat(self.encoder.depths(batch), dim=1)
        total = x.new_zeros(batch.num_graphs, x.shape[1]).index_add(0, batch.batch, x)
        sizes = torch.bincount(batch.batch, minlength=batch.num_graphs)
        mean = total / sizes.clamp(min=1)[:, None]
        return self.head(torch.cat([mean, total / self.typical_size], dim=1))

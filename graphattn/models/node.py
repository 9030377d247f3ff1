"""One prediction per node: the community of a person."""

from jaxtyping import Float
from torch import Tensor, nn

from graphattn.models.batch import GraphBatch
from graphattn.models.encoder import GraphEncoder, Predictor


class NodePredictor(Predictor):
    """Encodes the nodes and predicts for each, or for those in `batch.rows`."""

    def __init__(self, encoder: GraphEncoder, outputs: int) -> None:
        """Builds the head on an encoder.

        Args:
            encoder: The layers over the nodes.
            outputs: Numbers, or classes, to predict per node.
        """
        super().__init__()
        self.encoder = encoder
        self.head = nn.Linear(encoder.norm.weight.numel(), outputs)

    def forward(self, batch: GraphBatch) -> Float[Tensor, "num_rows outputs"]:
        """Returns one row per scored node."""
        x = self.encoder(batch)
        return self.head(x if batch.rows is None else x[batch.rows])

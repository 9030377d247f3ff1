"""Random walks as node features and as biases of pairs."""

from jaxtyping import Float
from torch import Tensor, nn


class WalkEncoder(nn.Module):
    """Normalizes the probabilities of each step over the nodes, then maps them.

    Args:
        steps: Number of steps.
        channels: Width of the output.

    Source:
        Dwivedi et al. 2021, https://arxiv.org/abs/2110.07875; Rampášek et al. 2022,
        https://arxiv.org/abs/2205.12454 (the normalization).
    """

    def __init__(self, steps: int, channels: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm1d(steps)
        self.map = nn.Linear(steps, channels)

    def forward(
        self, probabilities: Float[Tensor, "num_nodes steps"]
    ) -> Float[Tensor, "num_nodes channels"]:
        """Returns one vector per node.

        Args:
            probabilities: As `structure.return_probabilities` returns them.
        """
        # A single node has no spread to divide by.
        if len(probabilities) > 1 or not self.training:
            probabilities = self.norm(probabilities)
        return self.map(probabilities)


class WalkBias(nn.Module):
    """A linear map of the probabilities of each pair to an `edge_bias`.

    It starts at 0: attention begins as if there were no bias.

    Args:
        steps: Number of columns.
        heads: Number of attention heads.

    Source:
        Ma et al. 2023, https://arxiv.org/abs/2305.17589.
    """

    def __init__(self, steps: int, heads: int) -> None:
        super().__init__()
        self.map = nn.Linear(steps, heads)
        nn.init.zeros_(self.map.weight)
        nn.init.zeros_(self.map.bias)

    def forward(
        self, probabilities: Float[Tensor, "num_pairs steps"]
    ) -> Float[Tensor, "num_pairs heads"]:
        """Returns one bias per pair and head, in nats.

        Args:
            probabilities: As `structure.walk_probabilities` returns them.
        """
        return self.map(probabilities)

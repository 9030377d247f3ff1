"""Shortest paths as biases of pairs."""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn.functional import embedding_bag

from graphattn._errors import require


class DistanceBias(nn.Module):
    """A learned number per distance and head, as an `edge_bias` for pairs of nodes.

    Larger distances than `max_distance` share one number, and pairs that no path joins
    another. All start at 0: attention begins as if there were no bias.

    Args:
        max_distance: The largest distance with a number of its own.
        heads: Number of attention heads.

    Raises:
        ValueError: `max_distance` is negative.

    Source:
        Ying et al. 2021, https://arxiv.org/abs/2106.05234 (spatial encoding).
    """

    def __init__(self, max_distance: int, heads: int) -> None:
        super().__init__()
        require(
            max_distance >= 0,
            "DistanceBias",
            "max_distance must not be negative",
            {"max_distance": max_distance},
        )
        self.max_distance = max_distance
        self.table = nn.Embedding(max_distance + 3, heads)
        nn.init.zeros_(self.table.weight)

    def forward(
        self, distances: Int[Tensor, " num_pairs"]
    ) -> Float[Tensor, "num_pairs heads"]:
        """Returns one bias per pair and head, in nats.

        Args:
            distances: As `structure.shortest_distances` returns them, over any pairs:
                all, hops, or edges of another graph. A pair that was not looked for
                because it is too far counts as one that no path joins.
        """
        bucket = distances.clamp(max=self.max_distance + 1)
        return self.table(bucket.where(distances >= 0, self.max_distance + 2))


class PathBias(nn.Module):
    r"""What lies along a shortest path, as an `edge_bias` for pairs of nodes.

    .. math:: b_{st}^h = \frac{1}{d} \sum_{n=1}^{d} e_{n} \cdot w_n^h

    with the features :math:`e_n` of the path's edges. 0 for a node and itself, and
    where there is no path. It starts at 0.

    Args:
        edge_dim: Width of the edges' features.
        max_distance: Most edges of a path.
        heads: Number of attention heads.

    Source:
        Ying et al. 2021, https://arxiv.org/abs/2106.05234 (edge encoding).
    """

    def __init__(self, edge_dim: int, max_distance: int, heads: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(max_distance, edge_dim, heads))

    def forward(
        self,
        edge_attr: Float[Tensor, "num_edges edge_dim"],
        paths: Int[Tensor, "num_pairs max_distance"],
    ) -> Float[Tensor, "num_pairs heads"]:
        """Returns one bias per pair and head, in nats.

        Args:
            edge_attr: Features of the edges.
            paths: As `structure.shortest_paths` returns them.
        """
        longest, _, heads = self.weight.shape
        # One row per edge and place on a path, then one of zeros, for no edge.
        rows = torch.einsum("ef,nfh->enh", edge_attr, self.weight).flatten(0, 1)
        rows = torch.cat([rows, rows.new_zeros(1, heads)])
        place = paths * longest + torch.arange(longest, device=paths.device)
        place = place.where(paths >= 0, len(rows) - 1)
        total = embedding_bag(place, rows, mode="sum")
        return total / (paths >= 0).sum(1, keepdim=True).clamp(min=1)

"""What a position is to attention: turned queries and keys, or a bias of each pair."""

from typing import ClassVar

from jaxtyping import Float, Int
from torch import Tensor, nn

from graphattn._errors import require
from graphattn.adjacency import Adjacency, plain_edges
from graphattn.nn.position.places import Place, places_within


class Position(nn.Module):
    """How places enter the score of attention; see ``GraphAttention(position=...)``.

    Subclasses change queries and keys (`turn`), or add to the score (`PairBias`).

    Args:
        dims: Number of axes of a place.
    """

    needs_dot: ClassVar[bool] = True

    def __init__(self, dims: int = 1) -> None:
        super().__init__()
        self.dims = dims

    def reset_parameters(self) -> None:
        """Draws the parameters anew, where there are any."""

    def turn(
        self, query: Tensor, key: Tensor, target_place: Tensor, source_place: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Returns queries and keys whose dot product knows where both stand.

        Args:
            query: `[..., num_targets, heads, head_dim]`.
            key: `[..., num_sources, heads, head_dim]`.
            target_place: `[num_targets]`, or `[num_targets, dims]`.
            source_place: `[num_sources]`, or `[num_sources, dims]`.
        """
        return query, key

    def pair_bias(self, offset: Tensor) -> Tensor | None:
        """Returns what is added to the scores `[..., heads]`; None for nothing.

        Args:
            offset: Place of the source minus place of the target, `[...]`, or
                `[..., dims]`.
        """
        return None


class PairBias(Position):
    """A bias for each pair of nodes and each head, by how far they are apart.

    It works with every score, and its values depend on differences alone.
    """

    needs_dot = False

    def pair_bias(self, offset: Tensor) -> Tensor:
        """Returns the bias of each offset, `[..., heads]`, in nats."""
        raise NotImplementedError

    def forward(
        self,
        edge_index: Tensor | Adjacency,
        *,
        place: Place | tuple[Tensor, Tensor] | None = None,
        batch: Int[Tensor, " num_nodes"] | None = None,
    ) -> Float[Tensor, "num_edges heads"]:
        """Returns the `edge_bias` that the functions along edges take.

        Args:
            edge_index: Who attends to whom; see `Adjacency.from_edge_index`.
            place: Where nodes stand; a pair (of sources, of targets) where they
                differ. By default the place within the set.
            batch: The set of each node, not decreasing.

        Raises:
            ValueError: No places where they are needed, or no list of edges.
        """
        if isinstance(edge_index, Adjacency):
            edges = edge_index.edge_index
        else:
            edges = plain_edges(edge_index, *edge_index.shape[::-1])
        if place is None and batch is not None:
            place = places_within(batch)
        if place is None:
            require(
                self.dims == 1,
                type(self).__name__,
                "with several axes the places of nodes have to be given",
                {"dims": self.dims},
            )
            return self.pair_bias(edges[0] - edges[1])
        source_place, target_place = place if isinstance(place, tuple) else (place,) * 2
        return self.along(edges, source_place, target_place)

    def along(
        self, edge_index: Tensor, source_place: Tensor, target_place: Tensor
    ) -> Float[Tensor, "num_edges heads"]:
        """Returns the bias of edges `[2, num_edges]` between nodes at given places."""
        source, target = edge_index
        return self.pair_bias(source_place[source] - target_place[target])

    def matrix(
        self, target_place: Tensor, source_place: Tensor | None = None
    ) -> Float[Tensor, "heads num_targets num_sources"]:
        """Returns the bias of every pair, as `full_attention` takes it.

        Args:
            target_place: `[num_targets]`, or `[num_targets, dims]`.
            source_place: Of the sources; by default that of the targets.
        """
        source = target_place if source_place is None else source_place
        offset = source.unsqueeze(0) - target_place.unsqueeze(1)
        return self.pair_bias(offset).movedim(-1, 0)

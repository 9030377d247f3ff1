"""The scores that `GraphAttention` chooses from: parameters, and which op they call."""

from typing import ClassVar, NamedTuple

import torch
from torch import Tensor, nn
from torch_geometric.nn.inits import glorot

from graphattn.adjacency import Adjacency
from graphattn.functional import (
    additive_attention,
    attention_weights,
    gat_attention,
    gat_weights,
    graph_attention,
    weighted_sum,
)


class Projected(NamedTuple):
    """Queries, keys and values `[..., num_nodes, heads, head_dim]`, and edges.

    Positions may have made queries and keys wider than values, or given edges a bias;
    `scale` is that of the dot product, None for the usual one.
    """

    query: Tensor
    key: Tensor
    value: Tensor
    edge_attr: Tensor | None
    edge_weight: Tensor | None
    edge_bias: Tensor | None = None
    scale: float | None = None

    def fold(self) -> "Projected":
        """Makes sets that share an adjacency into heads: `[nodes, sets * heads, _]`."""
        if self.query.dim() == 3:
            return self
        query, key, value = (
            rows.movedim(-3, 0).flatten(1, -2)
            for rows in (self.query, self.key, self.value)
        )
        sets = self.query.shape[:-3].numel()
        edge_weight, edge_bias = self.edge_weight, self.edge_bias
        return self._replace(
            query=query,
            key=key,
            value=value,
            edge_weight=None if edge_weight is None else edge_weight.repeat(1, sets, 1),
            edge_bias=None if edge_bias is None else edge_bias.repeat(1, sets),
        )


def unfold(rows: Tensor, sets: torch.Size, heads: int) -> Tensor:
    """Undoes `fold` for rows of nodes or edges: `[*sets, rows, heads, ...]`."""
    if not sets:
        return rows
    return rows.unflatten(1, (*sets, heads)).movedim(0, len(sets))


class Score(nn.Module):
    """What every score has: its parameters, `attend`, and `weights`.

    Args:
        heads: Number of heads.
        head_dim: Width of queries and keys.
        negative_slope: Of the leaky ReLU, where the score has one.
    """

    is_dot: ClassVar[bool] = False
    shares_value: ClassVar[bool] = False
    shares_query: ClassVar[bool] = False

    def __init__(self, heads: int, head_dim: int, negative_slope: float) -> None:
        super().__init__()
        self.negative_slope = negative_slope

    def reset_parameters(self) -> None:
        """Draws the score's parameters anew."""
        for parameter in self.parameters():
            glorot(parameter)

    def attend(
        self,
        given: Projected,
        adjacency: Adjacency,
        edge_mask: Tensor | None,
        dropout: float,
    ) -> Tensor:
        """Returns the weighted sums, `[num_targets, heads, head_dim]`."""
        raise NotImplementedError

    def weights(
        self,
        given: Projected,
        adjacency: Adjacency,
        edge_mask: Tensor | None,
        normalization: str,
    ) -> Tensor:
        """Returns the weights, `[num_edges, heads]`."""
        raise NotImplementedError


class DotScore(Score):
    """Scaled dot product; no parameters of its own."""

    is_dot = True

    def attend(
        self,
        given: Projected,
        adjacency: Adjacency,
        edge_mask: Tensor | None,
        dropout: float,
    ) -> Tensor:
        """Returns the weighted sums, `[num_targets, heads, head_dim]`."""
        return graph_attention(
            given.query,
            given.key,
            given.value,
            adjacency,
            edge_bias=given.edge_bias,
            edge_mask=edge_mask,
            scale=given.scale,
            dropout=dropout,
            edge_attr=given.edge_attr,
            edge_key_weight=given.edge_weight,
            edge_value_weight=given.edge_weight,
        )

    def weights(
        self,
        given: Projected,
        adjacency: Adjacency,
        edge_mask: Tensor | None,
        normalization: str,
    ) -> Tensor:
        """Returns the weights, `[num_edges, heads]`."""
        return attention_weights(
            given.query,
            given.key,
            adjacency,
            edge_bias=given.edge_bias,
            edge_mask=edge_mask,
            scale=given.scale,
            edge_attr=given.edge_attr,
            edge_key_weight=given.edge_weight,
            normalization=normalization,
        )


class AdditiveScore(Score):
    """A vector times the activated sum of query and key."""

    activation: ClassVar[str] = "tanh"

    def __init__(self, heads: int, head_dim: int, negative_slope: float) -> None:
        super().__init__(heads, head_dim, negative_slope)
        self.weight = nn.Parameter(torch.empty(heads, head_dim))

    def attend(
        self,
        given: Projected,
        adjacency: Adjacency,
        edge_mask: Tensor | None,
        dropout: float,
    ) -> Tensor:
        """Returns the weighted sums, `[num_targets, heads, head_dim]`."""
        return additive_attention(
            given.query,
            given.key,
            given.value,
            _for_sets(self.weight, given),
            adjacency,
            activation=self.activation,
            negative_slope=self.negative_slope,
            edge_bias=given.edge_bias,
            edge_mask=edge_mask,
            dropout=dropout,
            edge_attr=given.edge_attr,
            edge_key_weight=given.edge_weight,
            edge_value_weight=given.edge_weight,
        )

    def weights(
        self,
        given: Projected,
        adjacency: Adjacency,
        edge_mask: Tensor | None,
        normalization: str,
    ) -> Tensor:
        """Returns the weights, `[num_edges, heads]`."""
        return attention_weights(
            given.query,
            given.key,
            adjacency,
            weight=_for_sets(self.weight, given),
            activation=self.activation,
            negative_slope=self.negative_slope,
            edge_bias=given.edge_bias,
            edge_mask=edge_mask,
            edge_attr=given.edge_attr,
            edge_key_weight=given.edge_weight,
            normalization=normalization,
        )


class GATv2Score(AdditiveScore):
    """GATv2: leaky ReLU, and keys are the values."""

    activation = "leaky_relu"
    shares_value = True


class GATScore(Score):
    """GAT: one scalar for each end of an edge, and keys are the values."""

    shares_value = True
    shares_query = True

    def __init__(self, heads: int, head_dim: int, negative_slope: float) -> None:
        super().__init__(heads, head_dim, negative_slope)
        self.target_weight = nn.Parameter(torch.empty(heads, head_dim))
        self.source_weight = nn.Parameter(torch.empty(heads, head_dim))

    def attend(
        self,
        given: Projected,
        adjacency: Adjacency,
        edge_mask: Tensor | None,
        dropout: float,
    ) -> Tensor:
        """Returns the weighted sums, `[num_targets, heads, head_dim]`."""
        target, source, edge = self._scalars(given)
        return gat_attention(
            target,
            source,
            given.value,
            adjacency,
            negative_slope=self.negative_slope,
            edge_score=edge,
            edge_bias=given.edge_bias,
            edge_mask=edge_mask,
            dropout=dropout,
            edge_attr=given.edge_attr,
            edge_value_weight=given.edge_weight,
        )

    def weights(
        self,
        given: Projected,
        adjacency: Adjacency,
        edge_mask: Tensor | None,
        normalization: str,
    ) -> Tensor:
        """Returns the weights, `[num_edges, heads]`."""
        target, source, edge = self._scalars(given)
        return gat_weights(
            target,
            source,
            adjacency,
            negative_slope=self.negative_slope,
            edge_score=edge,
            edge_bias=given.edge_bias,
            edge_mask=edge_mask,
            normalization=normalization,
        )

    def _scalars(self, given: Projected) -> tuple[Tensor, Tensor, Tensor | None]:
        source_weight = _for_sets(self.source_weight, given)
        target = (given.query * _for_sets(self.target_weight, given)).sum(-1)
        source = (given.key * source_weight).sum(-1)
        if given.edge_attr is None or given.edge_weight is None:
            return target, source, None
        edge = given.edge_attr @ (given.edge_weight * source_weight).sum(-1)
        return target, source, edge


def sum_values(given: Projected, adjacency: Adjacency, weights: Tensor) -> Tensor:
    """Returns the sums of values with weights that are known, whatever the score."""
    return weighted_sum(
        given.value,
        adjacency,
        weights,
        edge_attr=given.edge_attr,
        edge_value_weight=given.edge_weight,
    )


def _for_sets(weight: Tensor, given: Projected) -> Tensor:
    """Repeats a weight `[heads, head_dim]` for sets that were folded into heads."""
    sets = given.query.shape[1] // weight.shape[0]
    return weight if sets == 1 else weight.repeat(sets, 1)


SCORES: dict[str, type[Score]] = {
    "dot": DotScore,
    "additive": AdditiveScore,
    "gatv2": GATv2Score,
    "gat": GATScore,
}

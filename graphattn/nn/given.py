"""`GivenAttention`: the graph itself as attention matrix, with no score at all."""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch_geometric.nn.inits import glorot, zeros

from graphattn._errors import require
from graphattn.adjacency import Adjacency, as_adjacency
from graphattn.functional import normalized_weights, weighted_sum
from graphattn.functional.weighted import NORMALIZATIONS


class GivenAttention(nn.Module):
    r"""Attends with the weights that the graph gives.

    .. math:: x_i' = \sum_{j \in N(i)} w_{ij} \, W x_j + b

    The weights are the edges' own, 1 where they have none, or those of the normalized
    adjacency matrix: ``"row"`` takes the mean over sources, ``"symmetric"`` makes this
    a graph convolution. Self-loops are never added (`patterns.with_self_loops` does
    that).

    Args:
        in_channels: Width of the nodes' features.
        out_channels: Width of the output.
        normalization: ``"row"``, ``"symmetric"``, or None to take weights as they are.
        bias: Whether a bias is added.

    Raises:
        ValueError: Unknown normalization.

    Source:
        Kipf, Welling 2017, https://arxiv.org/abs/1609.02907 (``"symmetric"``).
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        *,
        normalization: str | None = "row",
        bias: bool = True,
    ) -> None:
        super().__init__()
        require(
            normalization is None or normalization in NORMALIZATIONS,
            "GivenAttention",
            f"normalization must be None or one of {', '.join(NORMALIZATIONS)}",
            {"normalization": normalization},
        )
        self.normalization = normalization
        self.value_proj = nn.Linear(in_channels, out_channels, bias=False)
        self.bias = nn.Parameter(torch.empty(out_channels)) if bias else None
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draws all parameters anew."""
        glorot(self.value_proj.weight)
        zeros(self.bias)

    def forward(
        self,
        x: Float[Tensor, "*sets num_nodes channels"]
        | tuple[Float[Tensor, "*sets num_sources channels"], Tensor],
        edge_index: Tensor | Adjacency,
        edge_weight: Float[Tensor, " num_edges"] | None = None,
    ) -> Float[Tensor, "*sets _ out_channels"]:
        """Returns the weighted sums of the sources of each target.

        Args:
            x: Features of nodes, or a pair (of sources, of targets); of targets only
                their number matters. With more than two dimensions, the second to last
                counts the nodes, and those before are sets that share the adjacency.
            edge_index: Who attends to whom; see `Adjacency.from_edge_index`.
            edge_weight: In `edge_index` order; by default 1.

        Raises:
            ValueError: Sizes do not fit.
        """
        source, target = x if isinstance(x, tuple) else (x, x)
        sizes = source.shape[-2], target.shape[-2]
        adjacency = as_adjacency(edge_index, *sizes, "GivenAttention")
        value = self.value_proj(source)
        sets = value.shape[:-2]
        flat = value.movedim(-2, 0).flatten(1, -2) if sets else value.unsqueeze(1)
        if edge_weight is not None:
            edge_weight = edge_weight.to(value.dtype)
        if self.normalization is not None:
            edge_weight = normalized_weights(
                adjacency, sizes, edge_weight, normalization=self.normalization
            ).to(value.dtype)
        out = weighted_sum(flat, adjacency, edge_weight)
        out = out.unflatten(1, sets).movedim(0, -2) if sets else out.squeeze(1)
        return out if self.bias is None else out + self.bias

    def extra_repr(self) -> str:
        """Returns the normalization."""
        return f"normalization={self.normalization!r}"

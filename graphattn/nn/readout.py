"""One vector, or a few, for a whole set: mean, sum, maximum, attention, queries."""

from typing import Literal

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch_geometric.utils import scatter

from graphattn._errors import require
from graphattn.nn.attention import GraphAttention

Reduction = Literal["mean", "sum", "max"]
_REDUCTIONS = ("mean", "sum", "max")
Rows = Float[Tensor, "*sets num_nodes channels"]
Sets = Int[Tensor, " num_nodes"]


class Readout(nn.Module):
    """The mean, sum or maximum of a set's vectors; zeros for an empty set.

    Args:
        reduction: ``"mean"``, ``"sum"`` or ``"max"``.

    Raises:
        ValueError: Another reduction.
    """

    def __init__(self, reduction: str = "mean") -> None:
        super().__init__()
        require(
            reduction in _REDUCTIONS,
            "Readout",
            f"reduction must be one of {', '.join(_REDUCTIONS)}",
            {"reduction": reduction},
        )
        self.reduction = reduction

    def forward(
        self, x: Rows, batch: Sets | None = None, num_sets: int | None = None
    ) -> Float[Tensor, "*num_sets channels"]:
        """Returns one vector per set.

        Args:
            x: Vectors of nodes.
            batch: The set of each row of a two-dimensional `x`; without it, the second
                to last dimension is one set.
            num_sets: How many sets there are; by default up to the last in `batch`.

        Raises:
            ValueError: `batch` does not fit.
        """
        x, batch, num_sets, sets = _as_rows("Readout", x, batch, num_sets)
        out = scatter(x, batch, dim=0, dim_size=num_sets, reduce=self.reduction)
        return out.view(*sets, x.shape[-1])

    def extra_repr(self) -> str:
        """Returns the reduction."""
        return repr(self.reduction)


class SetQueries(nn.Module):
    r"""Learned queries that attend to each set: a few vectors per set.

    .. math:: z_k = W_o \, \Big\Vert_h \sum_j \mathrm{softmax}_j(s \, q_k \cdot W_k x_j)
        \, W_v x_j

    Args:
        channels: Width of the vectors, in and out.
        queries: How many vectors each set gets.
        heads: Number of heads.

    Raises:
        ValueError: `queries` is less than 1, or `heads` does not divide `channels`.

    Source:
        Lee et al. 2019, https://arxiv.org/abs/1810.00825.
    """

    def __init__(self, channels: int, queries: int, heads: int = 1) -> None:
        super().__init__()
        require(
            queries >= 1,
            "SetQueries",
            "queries must be at least 1",
            {"queries": queries},
        )
        self.queries = nn.Parameter(torch.empty(queries, channels))
        self.attention = GraphAttention(channels, channels, heads)
        nn.init.normal_(self.queries)

    def forward(
        self, x: Rows, batch: Sets | None = None, num_sets: int | None = None
    ) -> Float[Tensor, "*num_sets queries channels"]:
        """Returns the vectors of each set; arguments as `Readout.forward` takes them.

        Raises:
            ValueError: `batch` does not fit.
        """
        if batch is None:
            return self.attention((x, self.queries.expand(*x.shape[:-2], -1, -1)))
        x, batch, num_sets, _ = _as_rows("SetQueries", x, batch, num_sets)
        count = len(self.queries)
        of_query = torch.arange(num_sets, device=x.device).repeat_interleave(count)
        rows = (x, self.queries.repeat(num_sets, 1))
        return self.attention(rows, batch=(batch, of_query)).unflatten(0, (-1, count))


class AttentionReadout(nn.Module):
    """One learned query that attends to each set: a weighted mean of its vectors.

    Args:
        channels: Width of the vectors, in and out.
        heads: Number of heads.

    Source:
        Lee et al. 2019, https://arxiv.org/abs/1810.00825.
    """

    def __init__(self, channels: int, heads: int = 1) -> None:
        super().__init__()
        self.query = SetQueries(channels, 1, heads)

    def forward(
        self, x: Rows, batch: Sets | None = None, num_sets: int | None = None
    ) -> Float[Tensor, "*num_sets channels"]:
        """Returns one vector per set; arguments as `Readout.forward` takes them."""
        return self.query(x, batch, num_sets).squeeze(-2)


def _as_rows(
    caller: str, x: Tensor, batch: Tensor | None, num_sets: int | None
) -> tuple[Tensor, Tensor, int, tuple[int, ...]]:
    """Returns rows, the set of each, how many sets, and the sets' shape."""
    if batch is None:
        sets = tuple(x.shape[:-2])
        count = x.shape[:-2].numel()
        of_row = torch.arange(count, device=x.device).repeat_interleave(x.shape[-2])
        return x.flatten(0, -2), of_row, count, sets
    require(
        x.dim() == 2 and batch.shape == x.shape[:1],
        caller,
        "batch must hold one set number per row of a two-dimensional x",
        {"x": x, "batch": batch},
    )
    least = int(batch.max()) + 1 if len(batch) else 0
    count = least if num_sets is None else num_sets
    require(
        count >= least,
        caller,
        "num_sets must count all sets that batch names",
        {"num_sets": num_sets, "batch names": least},
    )
    return x, batch, count, (count,)

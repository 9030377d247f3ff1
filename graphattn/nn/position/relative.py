"""Relative bias: a learned number for each distance, and each head."""

import math

import torch
from torch import Tensor, nn

from graphattn._errors import require
from graphattn.nn.position.base import PairBias
from graphattn.nn.position.places import axes_of


class RelativeBias(PairBias):
    r"""A learned bias for each offset :math:`p_j - p_i` of source and target.

    Without `buckets`, offsets are clipped: every one from ``-reach`` to ``reach`` has
    a number of its own, and those beyond share the last. With `buckets`, half of them
    belong to one offset each, from 0 on, the others to ranges that grow like a
    logarithm up to `reach`; each direction has half of all buckets, or, with `causal`,
    sources after the target share the bucket of offset 0. With several axes there is
    a number for each combination.

    Args:
        heads: Number of heads.
        reach: The largest offset that is told apart from larger ones.
        buckets: How many numbers there are per axis; an even number. None: clipped.
        causal: Whether only sources before the target matter; needs `buckets`.
        dims: Number of axes of a place.

    Raises:
        ValueError: Sizes are too small, or options exclude each other.

    Source:
        Shaw, Uszkoreit, Vaswani 2018, https://arxiv.org/abs/1803.02155 (clipped);
        Raffel et al. 2020, https://arxiv.org/abs/1910.10683 (a number per bucket).
    """

    def __init__(
        self,
        heads: int,
        reach: int = 128,
        *,
        buckets: int | None = None,
        causal: bool = False,
        dims: int = 1,
    ) -> None:
        super().__init__(dims)
        _check(heads, reach, buckets, causal, dims)
        self.heads, self.reach = heads, reach
        self.buckets, self.causal = buckets, causal
        self.per_axis = 2 * reach + 1 if buckets is None else buckets
        self.table = nn.Parameter(torch.empty(self.per_axis**dims, heads))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draws the numbers anew, small beside scores of size 1."""
        nn.init.normal_(self.table, std=0.02)

    def pair_bias(self, offset: Tensor) -> Tensor:
        """Returns the bias of each whole offset, `[..., heads]`, in nats."""
        return nn.functional.embedding(self.bucket(offset), self.table)

    def bucket(self, offset: Tensor) -> Tensor:
        """Returns which row of the table each whole offset reads, `[...]`."""
        require(
            not (offset.is_floating_point() or offset.is_complex()),
            "RelativeBias",
            "places count steps and must be whole numbers (ALiBi takes any distances)",
            {"offset": offset},
        )
        axes = axes_of(offset, self.dims)
        if self.buckets is None:
            rows = axes.clamp(-self.reach, self.reach) + self.reach
        else:
            rows = self._logarithmic(axes, self.buckets)
        if self.dims == 1:
            return rows[..., 0]
        each = self.per_axis ** torch.arange(self.dims, device=rows.device)
        return (rows * each).sum(-1)

    def _logarithmic(self, offset: Tensor, buckets: int) -> Tensor:
        if self.causal:
            return self._ranges((-offset).clamp(min=0), buckets)
        after = (offset > 0).long() * (buckets // 2)
        return after + self._ranges(offset.abs(), buckets // 2)

    def _ranges(self, distance: Tensor, buckets: int) -> Tensor:
        """Returns the distance itself below half of `buckets`, then its logarithm."""
        exact = max(buckets // 2, 1)
        share = (distance.clamp(min=1) / exact).log() / math.log(self.reach / exact)
        coarse = exact + (share * (buckets - exact)).long()
        return distance.where(distance < exact, coarse.clamp(max=buckets - 1))

    def extra_repr(self) -> str:
        """Returns the constructor's arguments."""
        return (
            f"{self.heads}, reach={self.reach}, buckets={self.buckets}, "
            f"causal={self.causal}, dims={self.dims}"
        )


def _check(
    heads: int, reach: int, buckets: int | None, causal: bool, dims: int
) -> None:
    caller = "RelativeBias"
    require(
        heads >= 1 and dims >= 1 and reach >= 1,
        caller,
        "heads, dims and reach must be at least 1",
        {"heads": heads, "dims": dims, "reach": reach},
    )
    require(
        buckets is not None or not causal,
        caller,
        "causal says how buckets are shared out; set buckets, or leave it",
        {"buckets": buckets, "causal": causal},
    )
    smallest = 2 if causal else 4
    require(
        buckets is None or (buckets >= smallest and buckets % 2 == 0),
        caller,
        f"buckets must be even and at least {smallest}",
        {"buckets": buckets, "causal": causal},
    )
    exact = 0 if buckets is None else buckets // (2 if causal else 4)
    require(
        reach > exact,
        caller,
        "reach must be beyond the offsets that have a bucket of their own",
        {"reach": reach, "buckets": buckets, "offsets of their own": exact},
    )

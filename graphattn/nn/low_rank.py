"""`LowRankAttention`: keys and values are projected along the sequence, to a few."""

import torch
from torch import Tensor, nn

from graphattn._errors import require
from graphattn.functional import full_attention
from graphattn.nn.set_attention import SetAttention


class LowRankAttention(SetAttention):
    r"""Full self-attention to `rank` mixtures of keys and of values.

    .. math:: O = \mathrm{softmax}(s \, Q (E K)^T) \, F V

    The mixtures :math:`E, F` are learned, ``[rank, length]``; time and memory grow
    with ``num_nodes * rank``. A shorter set uses their first columns. Padding has no
    place and takes no part, so a set alone, in a batch, and padded anywhere gives the
    same rows. As a mixture holds later nodes as well, there is no causal form.

    Args:
        channels: Width of the nodes' features, in and out.
        length: The longest set.
        rank: How many mixtures there are.
        heads: Number of heads, each of ``channels // heads`` channels.
        shared: Whether values are mixed as keys are.
        bias: Whether projections have a bias.

    Raises:
        ValueError: `heads` does not divide `channels`, or a size is less than 1.

    Source:
        Wang et al. 2020, https://arxiv.org/abs/2006.04768.
    """

    def __init__(
        self,
        channels: int,
        length: int,
        rank: int,
        heads: int = 1,
        *,
        shared: bool = False,
        bias: bool = True,
    ) -> None:
        super().__init__(channels, heads, bias)
        require(
            length >= 1 and rank >= 1,
            "LowRankAttention",
            "length and rank must be at least 1",
            {"length": length, "rank": rank},
        )
        self.length, self.rank = length, rank
        self.key_mix = nn.Parameter(torch.empty(rank, length))
        self.value_mix = None if shared else nn.Parameter(torch.empty(rank, length))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draws all parameters anew; a mixture of a full set keeps its rows' size."""
        super().reset_parameters()
        for mix in (self.key_mix, self.value_mix):
            if mix is not None:
                nn.init.normal_(mix, std=self.length**-0.5)

    def attend(self, rows: Tensor, mask: Tensor | None, causal: bool) -> Tensor:
        """Returns the heads' outputs; see `SetAttention.attend`."""
        caller = "LowRankAttention"
        require(
            not causal,
            caller,
            "mixtures of the whole set cannot be causal; LinearAttention can",
            {"causal": causal},
        )
        query, key, value = rows.unbind(-3)
        longest = rows.shape[-4]
        place = None
        if mask is not None:
            place = (mask.cumsum(-1) - 1).masked_fill(~mask, 0)
            longest = int(place.max()) + 1 if place.numel() else 0
        require(
            longest <= self.length,
            caller,
            "a set has more nodes than the layer was made for; make it with a greater "
            "length, or cut the set",
            {"longest": longest, "length": self.length},
        )
        value_mix = self.key_mix if self.value_mix is None else self.value_mix
        key = _mixed(self.key_mix, key, place, mask)
        value = _mixed(value_mix, value, place, mask)
        return full_attention(query, key, value)

    def extra_repr(self) -> str:
        """Returns the constructor's first arguments."""
        return (
            f"{self.channels}, length={self.length}, rank={self.rank}, "
            f"heads={self.heads}"
        )


def _mixed(
    mix: Tensor, rows: Tensor, place: Tensor | None, mask: Tensor | None
) -> Tensor:
    """Returns `[*sets, rank, heads, head_dim]`; padding is given a share of 0."""
    if place is None or mask is None:
        share = mix[:, : rows.shape[-3]].to(rows.dtype)
        return torch.einsum("rn,...nhd->...rhd", share, rows)
    share = (mix.T[place] * mask.unsqueeze(-1)).to(rows.dtype)
    rows = rows.masked_fill(~mask[..., None, None], 0)
    return torch.einsum("...nr,...nhd->...rhd", share, rows)

"""`LinearAttention`: everyone attends to everyone, in time linear in their number."""

import torch
from torch import Tensor

from graphattn._errors import require
from graphattn.nn.features import FEATURES
from graphattn.nn.set_attention import SetAttention
from graphattn.ops.segments import accumulation_dtype

_CHUNK = 64


class LinearAttention(SetAttention):
    r"""Full self-attention through a kernel that needs no pair of nodes.

    .. math::
        x_i' = W_o \, \Big\Vert_{h} \frac{\phi(q_i)^T \sum_j \phi(k_j) v_j^T}
        {\phi(q_i)^T \sum_j \phi(k_j)}

    Padding takes part in neither sum, so a graph alone, in a batch, and padded to any
    length gives the same rows. With `causal` the sums run up to :math:`i`, a chunk of
    nodes at a time, still in time and memory linear in their number.

    Args:
        channels: Width of the nodes' features, in and out.
        heads: Number of heads, each of ``channels // heads`` channels.
        features: ``"elu"``, or ``"favor"`` for random features that approach softmax
            attention as their number grows.
        num_features: Number of random features of ``"favor"``.
        bias: Whether projections have a bias.
        seed: Fixes the random features; by default PyTorch's generator draws them.

    Raises:
        ValueError: `heads` does not divide `channels`, or unknown features.

    Source:
        Katharopoulos et al. 2020, https://arxiv.org/abs/2006.16236 (``"elu"``);
        Choromanski et al. 2021, https://arxiv.org/abs/2009.14794 (``"favor"``).
    """

    def __init__(
        self,
        channels: int,
        heads: int = 1,
        *,
        features: str = "elu",
        num_features: int = 64,
        bias: bool = True,
        seed: int | None = None,
    ) -> None:
        super().__init__(channels, heads, bias)
        _check_options(features, num_features)
        self.features_name, self.seed = features, seed
        self.features = FEATURES[features](channels // heads, num_features)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draws all parameters anew, and random features by the layer's seed."""
        super().reset_parameters()
        self.redraw(self.seed)

    def redraw(self, seed: int | None = None) -> None:
        """Draws random features anew, where there are any; parameters stay.

        Args:
            seed: Fixes them; by default PyTorch's generator draws.
        """
        self.features.redraw(seed)

    def attend(self, rows: Tensor, mask: Tensor | None, causal: bool) -> Tensor:
        """Returns the heads' outputs; see `SetAttention.attend`."""
        # Sums over all nodes need more digits than a narrow type has.
        with torch.autocast(rows.device.type, enabled=False):
            rows = rows.to(accumulation_dtype(rows.dtype))
            query, key, value = rows.unbind(-3)
            query, key = self.features(query), self.features(key)
            if mask is not None:
                padding = ~mask[..., None, None]
                key = key.masked_fill(padding, -torch.inf)
                value = value.masked_fill(padding, 0)
            if causal and key.numel():
                return _up_to_oneself(query, key, value)
            query, key = _scaled(query, key)
            pairs = torch.einsum("...nhf,...nhd->...hfd", key, value)
            total = torch.einsum("...nhf,...hf->...nh", query, key.sum(-3))
            summed = torch.einsum("...nhf,...hfd->...nhd", query, pairs)
            # Less than 1 only where there is no key at all.
            return summed / total.clamp_min(1).unsqueeze(-1)

    def extra_repr(self) -> str:
        """Returns the constructor's first arguments and the features."""
        return f"{self.channels}, heads={self.heads}, features={self.features_name!r}"


def _scaled(query: Tensor, key: Tensor) -> tuple[Tensor, Tensor]:
    """Returns features from their logarithms, so that products sum to 1 or more.

    Each feature's largest key and each query's largest product become 1; attention
    divides both factors out.
    """
    if key.numel() == 0:
        return query, key
    top = key.detach().amax(-3, keepdim=True).nan_to_num(neginf=0.0)
    query = query + top
    query = query - query.detach().amax(-1, keepdim=True)
    return query.exp(), (key - top).exp()


def _up_to_oneself(query: Tensor, key: Tensor, value: Tensor) -> Tensor:
    """Returns the causal sums: pairs within a chunk, and what all before sum up to.

    What is summed up is kept relative to each feature's largest key so far, so that a
    long sequence neither overflows nor vanishes.
    """
    value = torch.cat([value, torch.ones_like(value[..., :1])], -1)
    parts = zip(*(rows.split(_CHUNK, -3) for rows in (query, key, value)), strict=True)
    found, past = [], None
    top = key.new_full((*key.shape[:-3], 1, *key.shape[-2:]), -torch.inf)
    for asked, seen, taken in parts:
        last, top = top, torch.maximum(top, seen.detach().amax(-3, keepdim=True))
        finite = top.masked_fill(top.isinf(), 0.0)
        asked = asked + finite
        asked = (asked - asked.detach().amax(-1, keepdim=True)).exp()
        seen = (seen - finite).exp()
        pairs = torch.einsum("...ihf,...jhf->...hij", asked, seen).tril()
        out = torch.einsum("...hij,...jhd->...ihd", pairs, taken)
        if past is not None:
            # Nothing has been summed up as long as the last top is minus infinity.
            fade = (last - finite).exp().squeeze(-3).unsqueeze(-1)
            past = past * fade
            out = out + torch.einsum("...ihf,...hfd->...ihd", asked, past)
        own = torch.einsum("...jhf,...jhd->...hfd", seen, taken)
        past = own if past is None else past + own
        found.append(out)
    out = torch.cat(found, -3)
    total = out[..., -1:]
    return out[..., :-1] / total.where(total > 0, 1.0)


def _check_options(features: str, num_features: int) -> None:
    caller = "LinearAttention"
    require(
        features in FEATURES,
        caller,
        f"features must be one of {', '.join(FEATURES)}",
        {"features": features},
    )
    require(
        num_features >= 1,
        caller,
        "num_features must be at least 1",
        {"num_features": num_features},
    )

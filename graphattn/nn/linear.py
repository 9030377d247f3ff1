"""`LinearAttention`: everyone attends to everyone, in time linear in their number."""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor, nn
from torch_geometric.nn.inits import glorot, zeros
from torch_geometric.utils import to_dense_batch

from graphattn._errors import require
from graphattn.nn.features import FEATURES
from graphattn.ops.segments import accumulation_dtype


class LinearAttention(nn.Module):
    r"""Full self-attention through a kernel that needs no pair of nodes.

    .. math::
        x_i' = W_o \, \Big\Vert_{h} \frac{\phi(q_i)^T \sum_j \phi(k_j) v_j^T}
        {\phi(q_i)^T \sum_j \phi(k_j)}

    Padding takes part in neither sum, so a graph alone, in a batch, and padded to any
    length gives the same rows.

    Args:
        channels: Width of the nodes' features, in and out.
        heads: Number of heads, each of ``channels // heads`` channels.
        features: ``"elu"``, or ``"favor"`` for random features that approach softmax
            attention as their number grows.
        num_features: Number of random features of ``"favor"``.
        bias: Whether projections have a bias.

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
    ) -> None:
        super().__init__()
        _check_options(channels, heads, features, num_features)
        self.channels, self.heads = channels, heads
        self.features_name = features
        self.in_proj = nn.Linear(channels, 3 * channels, bias=bias)
        self.out_proj = nn.Linear(channels, channels, bias=bias)
        self.features = FEATURES[features](channels // heads, num_features)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draws all parameters, and random features, anew."""
        for part in self.in_proj.weight.chunk(3):
            glorot(part)
        glorot(self.out_proj.weight)
        zeros(self.in_proj.bias)
        zeros(self.out_proj.bias)
        self.features.reset_parameters()

    def forward(
        self,
        x: Float[Tensor, "*sets num_nodes channels"],
        *,
        batch: Int[Tensor, " num_nodes"] | None = None,
        mask: Bool[Tensor, "*sets num_nodes"] | None = None,
    ) -> Float[Tensor, "*sets num_nodes channels"]:
        """Attends from every node to every node of its set.

        Args:
            x: Features of nodes. With more than two dimensions, the second to last
                counts the nodes, and those before it are sets.
            batch: The set of each row of a two-dimensional `x`, not decreasing.
            mask: True = a node, False = padding, whose rows come out arbitrary.

        Raises:
            ValueError: Sizes do not fit, or both `batch` and `mask` are given.
        """
        self._check(x, batch, mask)
        rows = self.in_proj(x).unflatten(-1, (3, self.heads, -1))
        if batch is None or batch.numel() == 0:
            out = self._attend(rows, mask)
        else:
            padded, mask = to_dense_batch(rows, batch)
            out = self._attend(padded, mask)[mask]
        return self.out_proj(out.flatten(-2).to(rows.dtype))

    def _attend(self, rows: Tensor, mask: Tensor | None) -> Tensor:
        # Sums over all nodes need more digits than a narrow type has.
        with torch.autocast(rows.device.type, enabled=False):
            rows = rows.to(accumulation_dtype(rows.dtype))
            query, key, value = rows.unbind(-3)
            query, key = self.features(query), self.features(key)
            if mask is not None:
                padding = ~mask[..., None, None]
                key = key.masked_fill(padding, -torch.inf)
                value = value.masked_fill(padding, 0)
            query, key = _scaled(query, key)
            pairs = torch.einsum("...nhf,...nhd->...hfd", key, value)
            total = torch.einsum("...nhf,...hf->...nh", query, key.sum(-3))
            summed = torch.einsum("...nhf,...hfd->...nhd", query, pairs)
            # Less than 1 only where there is no key at all.
            return summed / total.clamp_min(1).unsqueeze(-1)

    def _check(self, x: Tensor, batch: Tensor | None, mask: Tensor | None) -> None:
        caller = "LinearAttention"
        require(
            x.dim() >= 2 and x.shape[-1] == self.channels,
            caller,
            "x must have the shape [..., num_nodes, channels]",
            {"x": x, "channels": self.channels},
        )
        require(
            batch is None
            or (mask is None and x.dim() == 2 and batch.shape == x.shape[:1]),
            caller,
            "batch must hold one set number per row of a two-dimensional x, which has "
            "no padding and so no mask",
            {"x": x, "batch": batch, "mask": mask},
        )
        require(
            mask is None or (mask.shape == x.shape[:-1] and mask.dtype == torch.bool),
            caller,
            "mask must be boolean, with one entry per node: True = a node",
            {"x": x, "mask": mask},
        )

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


def _check_options(channels: int, heads: int, features: str, num_features: int) -> None:
    caller = "LinearAttention"
    require(
        heads >= 1 and channels >= 1 and channels % heads == 0,
        caller,
        "heads must divide channels",
        {"channels": channels, "heads": heads},
    )
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

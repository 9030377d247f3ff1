"""What turns scores into weights: softmax, and ReLU as the simple alternative."""

from collections.abc import Callable
from typing import NamedTuple

from torch import Tensor

from graphattn._errors import require
from graphattn.ops.segments import segment_softmax, segment_sum


class Normalization(NamedTuple):
    """How scores become weights; one of -inf may not attend and has weight 0.

    Attributes:
        along: Of edges: takes scores `[num_edges, heads]`, targets, and their number.
        dense: Of all pairs: takes scores `[..., targets, sources]`, and which pairs
            may attend (None: all).
    """

    along: Callable[[Tensor, Tensor, int], Tensor]
    dense: Callable[[Tensor, Tensor | None], Tensor]


def check_normalization(caller: str, normalization: str) -> None:
    """Checks that a normalization is known."""
    require(
        normalization in NORMALIZATIONS,
        caller,
        f"normalization must be one of {', '.join(NORMALIZATIONS)}",
        {"normalization": normalization},
    )


def _relu(scores: Tensor, target: Tensor, num_targets: int) -> Tensor:
    return scores.relu()


def _relu_mean(scores: Tensor, target: Tensor, num_targets: int) -> Tensor:
    seen = (scores.detach() > float("-inf")).to(scores.dtype)
    count = segment_sum(seen, target, num_targets)
    return scores.relu() / count.clamp_min(1).index_select(0, target)


def _dense_softmax(scores: Tensor, seen: Tensor | None) -> Tensor:
    return scores.softmax(-1)


def _dense_relu(scores: Tensor, seen: Tensor | None) -> Tensor:
    return scores.relu()


def _dense_relu_mean(scores: Tensor, seen: Tensor | None) -> Tensor:
    count = scores.shape[-1] if seen is None else seen.sum(-1, keepdim=True)
    return scores.relu() / count


NORMALIZATIONS = {
    "softmax": Normalization(segment_softmax, _dense_softmax),
    "relu": Normalization(_relu, _dense_relu),
    "relu_mean": Normalization(_relu_mean, _dense_relu_mean),
}

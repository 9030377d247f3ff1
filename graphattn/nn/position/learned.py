"""Learned encoding: a table with one row per place."""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from graphattn._errors import require
from graphattn.nn.position.places import Place, axes_of, places_of
from graphattn.nn.position.sinusoidal import check_features


class LearnedEncoding(nn.Module):
    """Adds to each node's features a learned row of its own place.

    With several axes, each has a table, and their rows are added: an image of 14 x 14
    patches takes ``LearnedEncoding((14, 14), channels)``.

    Args:
        length: Number of places, one number per axis.
        channels: Width of the nodes' features.

    Raises:
        ValueError: A size is less than 1.

    Source:
        Gehring et al. 2017, https://arxiv.org/abs/1705.03122.
    """

    def __init__(self, length: int | tuple[int, ...], channels: int) -> None:
        super().__init__()
        self.length = (length,) if isinstance(length, int) else tuple(length)
        self.channels, self.dims = channels, len(self.length)
        require(
            channels >= 1 and self.dims >= 1 and min(self.length) >= 1,
            "LearnedEncoding",
            "length and channels must be at least 1",
            {"length": length, "channels": channels},
        )
        self.tables = nn.ParameterList(
            nn.Parameter(torch.empty(places, channels)) for places in self.length
        )
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draws the tables anew, small beside features of size 1."""
        for table in self.tables:
            nn.init.normal_(table, std=0.02)

    def forward(
        self,
        x: Float[Tensor, "*sets num_nodes channels"],
        *,
        place: Place | None = None,
        batch: Int[Tensor, " num_nodes"] | None = None,
    ) -> Float[Tensor, "*sets num_nodes channels"]:
        """Returns features plus the rows of their places.

        Args:
            x: Features of nodes.
            place: Where they stand, counted from 0; by default the place within their
                set.
            batch: The set of each node, not decreasing.

        Raises:
            ValueError: Sizes do not fit, or a place is beyond the table.
        """
        check_features("LearnedEncoding", x, self.channels)
        place = places_of(
            "LearnedEncoding", x.shape[-2], self.dims, place, batch, x.device
        )
        return x + self.encode(place).to(x.dtype)

    def encode(self, place: Tensor) -> Float[Tensor, "*places channels"]:
        """Returns the rows of whole places `[...]`, or `[..., dims]`."""
        axes = axes_of(place, self.dims)
        self._check(axes)
        rows = [table[axes[..., axis]] for axis, table in enumerate(self.tables)]
        return torch.stack(rows).sum(0) if self.dims > 1 else rows[0]

    def _check(self, axes: Tensor) -> None:
        caller, given = "LearnedEncoding", {"place": axes, "length": self.length}
        require(
            not (axes.is_floating_point() or axes.is_complex()),
            caller,
            "places are rows of a table and must be whole numbers",
            given,
        )
        if torch.compiler.is_compiling() or axes.numel() == 0:
            return
        first, last = axes.flatten(0, -2).aminmax(dim=0)
        bound = torch.tensor(self.length, device=axes.device)
        require(
            bool((first >= 0).all() and (last < bound).all()),
            caller,
            "a place is beyond the table: make it with a greater length, cut the "
            "sequence, or use SinusoidalEncoding, which has no end",
            {"places": (first.tolist(), last.tolist()), "length": self.length},
        )

    def extra_repr(self) -> str:
        """Returns the constructor's arguments."""
        return f"{self.length}, {self.channels}"

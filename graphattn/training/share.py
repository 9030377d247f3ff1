"""Which part of every batch is this process's, where several train one model."""

import os
from typing import NamedTuple

import torch
import torch.distributed
from jaxtyping import Float, Shaped
from torch import Tensor

from graphattn._errors import require


class Share(NamedTuple):
    """One process of several.

    Attributes:
        rank: Its number, from 0.
        world: How many there are.
    """

    rank: int = 0
    world: int = 1

    def of(self, items: Shaped[Tensor, " items"]) -> Shaped[Tensor, " own_items"]:
        """Returns this process's items of a batch.

        Args:
            items: Those of all processes.

        Raises:
            ValueError: There are fewer items than processes.
        """
        require(
            len(items) >= self.world,
            "training",
            "a batch must have an item for every process; take fewer processes or "
            "larger batches",
            {"items": len(items), "processes": self.world},
        )
        return items[self.rank :: self.world]


def own_share() -> Share:
    """Returns which process this is, as torchrun says it."""
    rank, world = (int(os.environ.get(name, 0)) for name in ("RANK", "WORLD_SIZE"))
    return Share(rank, world) if world > 1 else Share()


def weighted(loss: Float[Tensor, ""], y: Shaped[Tensor, "rows ..."]) -> Tensor:
    """Returns a loss whose mean over all processes is the loss over all rows.

    Args:
        loss: Mean over this process's rows.
        y: Their targets; NaN is missing and does not count.
    """
    if not torch.distributed.is_initialized():
        return loss
    known = (~y.isnan()).sum() if y.is_floating_point() else y.new_tensor(len(y))
    total = known.clone()
    torch.distributed.all_reduce(total)
    world = torch.distributed.get_world_size()
    return loss * (world * known / total.clamp(min=1)).to(loss)

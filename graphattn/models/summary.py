"""Blocks over the nodes of sets, then one vector per set."""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from graphattn._errors import require
from graphattn.adjacency import Adjacency
from graphattn.nn import AttentionReadout, ClassToken, Encoder, Readout

READOUTS = ("cls", "mean", "sum", "max", "attention")


class Summary(nn.Module):
    """An encoder and a readout: one vector per set.

    Args:
        encoder: The blocks.
        readout: ``"cls"`` sets a learned node before each set and reads it out;
            ``"mean"``, ``"sum"``, ``"max"`` and ``"attention"`` read all nodes.

    Raises:
        ValueError: Another readout.
    """

    def __init__(self, encoder: Encoder, readout: str) -> None:
        super().__init__()
        require(
            readout in READOUTS,
            "models",
            f"readout must be one of {', '.join(READOUTS)}",
            {"readout": readout},
        )
        self.encoder = encoder
        self.token = ClassToken(encoder.channels) if readout == "cls" else None
        self.readout = None
        if readout == "attention":
            self.readout = AttentionReadout(encoder.channels)
        elif readout != "cls":
            self.readout = Readout(readout)

    def forward(
        self,
        x: Float[Tensor, "*sets num_nodes channels"],
        edge_index: Tensor | Adjacency | None = None,
        *,
        batch: Int[Tensor, " num_nodes"] | None = None,
        num_sets: int | None = None,
        place: Tensor | None = None,
    ) -> Float[Tensor, "*num_sets channels"]:
        """Returns one vector per set.

        Args:
            x: Vectors of the nodes.
            edge_index: Who attends to whom; None: everyone in the same set.
            batch: The set of each node, not decreasing.
            num_sets: How many sets there are; by default up to the last named.
            place: Where nodes stand, for blocks with positions, the same in every set;
                the token stands one step before the first.
        """
        if self.token is None:
            assert self.readout is not None
            options = {} if place is None else {"place": place}
            x = self.encoder(x, edge_index, batch=batch, **options)
            return self.readout(x, batch, num_sets)
        told = self.token(x, edge_index, batch=batch, num_sets=num_sets)
        options = {}
        if place is not None:
            options["place"] = torch.cat([place[:1] - 1, place])
        x = self.encoder(told.x, told.edge_index, batch=told.batch, **options)
        return self.token.read(x, told)

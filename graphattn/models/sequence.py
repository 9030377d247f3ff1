"""One label per vector of a sequence, or one per sequence."""

from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Int, Shaped
from torch import Tensor, nn

from graphattn._errors import require
from graphattn.adjacency import Adjacency
from graphattn.models.inputs import Columns, ColumnSum
from graphattn.models.summary import Summary
from graphattn.nn import Encoder


class Sequences(NamedTuple):
    """Sequences one after the other, without padding, and which one each row is of.

    Attributes:
        x: Vectors, or token ids in one column.
        batch: The sequence of each row, not decreasing.
    """

    x: Shaped[Tensor, "num_rows columns"]
    batch: Int[Tensor, " num_rows"]

    @classmethod
    def of(cls, sequences: list[Tensor]) -> "Sequences":
        """Joins sequences: `[length]` token ids each, or `[length, columns]`."""
        lengths = torch.tensor([len(one) for one in sequences])
        x = torch.cat(sequences)
        batch = torch.arange(len(lengths)).repeat_interleave(lengths).to(x.device)
        return cls(x if x.dim() == 2 else x.unsqueeze(1), batch)

    @classmethod
    def unpadded(
        cls,
        padded: Shaped[Tensor, "num_sequences length *columns"],
        mask: Bool[Tensor, "num_sequences length"],
    ) -> "Sequences":
        """Takes padding away.

        Args:
            padded: `[num_sequences, length]` token ids, or vectors.
            mask: True = a row, False = padding.
        """
        x = padded[mask]
        return cls(x if x.dim() == 2 else x.unsqueeze(1), mask.nonzero()[:, 0])


class SequenceInput(nn.Module):
    """Embeds tokens, or maps vectors, and adds where they stand.

    Args:
        columns: What is embedded: ``Columns(1, (size,))`` for tokens of a vocabulary,
            ``Columns(width)`` for vectors.
        channels: Width of the result.
        position: `SinusoidalEncoding` or `LearnedEncoding`; None where order is told
            by the blocks' own positions, or does not matter.
        dropout: Probability of dropping a channel.
    """

    def __init__(
        self,
        columns: Columns,
        channels: int,
        *,
        position: nn.Module | None = None,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.columns = ColumnSum(columns, channels)
        self.position = position
        self.dropout = nn.Dropout(dropout)

    def forward(
        self,
        x: Shaped[Tensor, "*sets num_rows columns"],
        *,
        batch: Int[Tensor, " num_rows"] | None = None,
        first: int = 0,
    ) -> Float[Tensor, "*sets num_rows channels"]:
        """Returns the first vectors of the rows.

        Args:
            x: Tokens or vectors.
            batch: The sequence of each row, not decreasing.
            first: The place of the first row, where sequences go on.
        """
        out = self.columns(x.flatten(0, -2)).unflatten(0, x.shape[:-1])
        if self.position is not None:
            place = None
            if first:
                place = torch.arange(first, first + x.shape[-2], device=x.device)
            out = self.position(out, place=place, batch=batch)
        return self.dropout(out)


class SequenceTagger(nn.Module):
    """One label per row: the part of speech of each word.

    Args:
        inputs: Embeds the rows.
        encoder: The blocks over them.
        outputs: Labels, or numbers, per row.
    """

    def __init__(self, inputs: SequenceInput, encoder: Encoder, outputs: int) -> None:
        super().__init__()
        self.inputs = inputs
        self.encoder = encoder
        self.head = nn.Linear(encoder.channels, outputs)

    def forward(
        self,
        x: Shaped[Tensor, "*sets num_rows columns"],
        edge_index: Tensor | Adjacency | None = None,
        *,
        batch: Int[Tensor, " num_rows"] | None = None,
        causal: bool = False,
    ) -> Float[Tensor, "*sets num_rows outputs"]:
        """Returns one row of scores per row.

        Args:
            x: Tokens or vectors.
            edge_index: Who attends to whom; None: everyone in the same sequence.
            batch: The sequence of each row, not decreasing.
            causal: Whether, without edges, a row sees only itself and those before.
        """
        rows = self.inputs(x, batch=batch)
        return self.head(self.encoder(rows, edge_index, batch=batch, causal=causal))


class SequenceClassifier(nn.Module):
    """One label per sequence: what a review thinks, which digit was spoken.

    Args:
        inputs: Embeds the rows.
        encoder: The blocks over them.
        outputs: Labels, or numbers, per sequence.
        readout: ``"cls"``, ``"mean"``, ``"sum"``, ``"max"`` or ``"attention"``.

    Source:
        Devlin et al. 2019, https://arxiv.org/abs/1810.04805 (``"cls"``).
    """

    def __init__(
        self,
        inputs: SequenceInput,
        encoder: Encoder,
        outputs: int,
        *,
        readout: str = "cls",
    ) -> None:
        super().__init__()
        self.inputs = inputs
        self.summary = Summary(encoder, readout)
        self.head = nn.Linear(encoder.channels, outputs)

    def forward(
        self,
        x: Shaped[Tensor, "*sets num_rows columns"],
        edge_index: Tensor | Adjacency | None = None,
        *,
        batch: Int[Tensor, " num_rows"] | None = None,
        num_sets: int | None = None,
    ) -> Float[Tensor, "*num_sets outputs"]:
        """Returns one row of scores per sequence.

        Args:
            x: Tokens or vectors.
            edge_index: Who attends to whom; None: everyone in the same sequence.
            batch: The sequence of each row, not decreasing.
            num_sets: How many sequences there are; by default up to the last named.

        Raises:
            ValueError: There is no row at all.
        """
        require(
            x.shape[-2] > 0,
            "SequenceClassifier",
            "there must be at least one row",
            {"x": x},
        )
        rows = self.inputs(x, batch=batch)
        return self.head(self.summary(rows, edge_index, batch=batch, num_sets=num_sets))

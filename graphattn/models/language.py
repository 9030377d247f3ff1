"""Models that say what comes next, and a translator: sequences out of sequences."""

import torch
from jaxtyping import Float, Int, Shaped
from torch import Tensor, nn

from graphattn.adjacency import Adjacency
from graphattn.models.sequence import SequenceInput
from graphattn.nn import Decoder, Encoder
from graphattn.nn.continued import Pattern
from graphattn.nn.decoder import Kept

Batch = Int[Tensor, " num_rows"]


class LanguageModel(nn.Module):
    """The scores of the next token, after each token and what came before it.

    Args:
        inputs: Embeds the tokens.
        decoder: Blocks without cross-attention.
        outputs: Size of the vocabulary.
    """

    def __init__(self, inputs: SequenceInput, decoder: Decoder, outputs: int) -> None:
        super().__init__()
        self.inputs = inputs
        self.decoder = decoder
        self.head = nn.Linear(decoder.channels, outputs)

    def forward(
        self,
        tokens: Int[Tensor, "*sets num_rows 1"],
        edge_index: Tensor | Adjacency | None = None,
        *,
        batch: Batch | None = None,
    ) -> Float[Tensor, "*sets num_rows outputs"]:
        """Returns the scores of the token after each.

        Args:
            tokens: Ids, in one column.
            edge_index: Who attends to whom, such as a causal window; None: each to
                itself and all before it.
            batch: The sequence of each token, not decreasing.
        """
        x = self.inputs(tokens, batch=batch)
        return self.head(self.decoder(x, None, edge_index, batch=batch))

    def start(self, pattern: Pattern | None = None) -> "Draft":
        """Returns empty sequences, for `greedy`, `sample` and `beam_search`.

        Args:
            pattern: As `Decoder.go_on` takes it.
        """
        return Draft(self.inputs, self.decoder, self.head, None, pattern)


class SequenceToSequence(nn.Module):
    """Reads one sequence and writes another: translation.

    Args:
        source_inputs: Embeds what is read.
        encoder: The blocks over it.
        target_inputs: Embeds what is written.
        decoder: Blocks with cross-attention to the encoder's vectors.
        outputs: Size of the vocabulary that is written.

    Source:
        Vaswani et al. 2017, https://arxiv.org/abs/1706.03762.
    """

    def __init__(
        self,
        source_inputs: SequenceInput,
        encoder: Encoder,
        target_inputs: SequenceInput,
        decoder: Decoder,
        outputs: int,
    ) -> None:
        super().__init__()
        self.source_inputs = source_inputs
        self.encoder = encoder
        self.target_inputs = target_inputs
        self.decoder = decoder
        self.head = nn.Linear(decoder.channels, outputs)

    def forward(
        self,
        source: Shaped[Tensor, "num_sources columns"],
        target: Int[Tensor, "num_rows 1"],
        *,
        source_batch: Int[Tensor, " num_sources"],
        target_batch: Batch,
        source_index: Tensor | Adjacency | None = None,
        target_index: Tensor | Adjacency | None = None,
    ) -> Float[Tensor, "num_rows outputs"]:
        """Returns the scores of the token after each that was written.

        Args:
            source: Rows that are read.
            target: Ids of what was written so far, in one column.
            source_batch: The pair of each row of `source`, not decreasing.
            target_batch: The pair of each row of `target`, not decreasing.
            source_index: Who attends to whom in the source; None: everyone.
            target_index: Who attends to whom in the target, without looking ahead;
                None: each to itself and all before it.
        """
        memory = self.encode(source, source_batch, source_index)
        x = self.target_inputs(target, batch=target_batch)
        x = self.decoder(
            x, memory, target_index, batch=target_batch, memory_batch=source_batch
        )
        return self.head(x)

    def encode(
        self,
        source: Shaped[Tensor, "num_sources columns"],
        batch: Int[Tensor, " num_sources"],
        edge_index: Tensor | Adjacency | None = None,
    ) -> Float[Tensor, "num_sources channels"]:
        """Returns the vectors that the decoder reads; arguments as in `forward`."""
        rows = self.source_inputs(source, batch=batch)
        return self.encoder(rows, edge_index, batch=batch)

    def start(
        self,
        source: Shaped[Tensor, "num_sources columns"],
        batch: Int[Tensor, " num_sources"],
        edge_index: Tensor | Adjacency | None = None,
        *,
        pattern: Pattern | None = None,
    ) -> "Draft":
        """Returns one empty sequence per source, for `greedy` and `beam_search`.

        Args:
            source: Rows that are read.
            batch: The sequence of each row, not decreasing.
            edge_index: Who attends to whom in the source; None: everyone.
            pattern: Of the target, as `Decoder.go_on` takes it.
        """
        memory = self.encode(source, batch, edge_index)
        kept = self.decoder.begin(memory, batch)
        return Draft(self.target_inputs, self.decoder, self.head, kept, pattern)


class Draft:
    """Sequences that a decoder is writing; each token is computed once.

    The model should be in evaluation mode, and gradients off.
    """

    def __init__(
        self,
        inputs: SequenceInput,
        decoder: Decoder,
        head: nn.Module,
        kept: Kept | None,
        pattern: Pattern | None,
    ) -> None:
        self.inputs, self.decoder, self.head = inputs, decoder, head
        self.kept = decoder.begin() if kept is None else kept
        self.pattern = pattern

    @torch.no_grad()
    def next(
        self, tokens: Int[Tensor, "num_rows new"]
    ) -> Float[Tensor, "num_rows vocabulary"]:
        """Appends tokens and returns the scores of the one after.

        Args:
            tokens: Ids, as many for each sequence.
        """
        x = self.inputs(tokens.unsqueeze(2), first=self.kept.length)
        x, self.kept = self.decoder.go_on(x, self.kept, self.pattern)
        return self.head(x[:, -1])

    def select(self, rows: Int[Tensor, " chosen"]) -> None:
        """Goes on with chosen sequences.

        Args:
            rows: Their numbers, by source in order; one may be chosen more than once.
        """
        self.kept = self.kept.select(rows)

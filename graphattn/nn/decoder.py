"""The decoder: causal self-attention, then attention to what an encoder made."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from graphattn._errors import require
from graphattn.adjacency import Adjacency
from graphattn.nn.attention import GraphAttention
from graphattn.nn.continued import KeyValues, Pattern
from graphattn.nn.encoder import last_norm
from graphattn.nn.position import Position
from graphattn.nn.residual import ResidualBlock, feed_forward

Batch = Int[Tensor, " num_nodes"]


@dataclass(frozen=True)
class Kept:
    """What a decoder keeps while it goes on, token by token.

    Attributes:
        past: Keys and values of each block's self-attention; None at the beginning.
        memory: Those of each block's cross-attention; empty where there is none.
        memory_batch: The set of each row of the memory.
        of_row: The set of the memory that each sequence attends to.
        length: How many nodes each sequence has so far.
    """

    past: tuple[KeyValues | None, ...]
    memory: tuple[KeyValues, ...]
    memory_batch: Tensor | None
    of_row: Tensor | None
    length: int = 0

    def select(self, rows: Int[Tensor, " chosen"]) -> "Kept":
        """Returns what is kept of chosen sequences, as a beam search goes on with.

        Args:
            rows: Numbers of sequences; their sets of the memory must not decrease.
        """
        past = tuple(None if one is None else one.select(rows) for one in self.past)
        of_row = None if self.of_row is None else self.of_row[rows]
        return replace(self, past=past, of_row=of_row)


class DecoderBlock(ResidualBlock):
    r"""Causal self-attention, cross-attention, feed-forward; a residual around each.

    Args:
        channels: Width of the nodes' vectors, in and out.
        heads: How many attention heads share `channels`.
        memory_channels: Width of the vectors that cross-attention reads; None for a
            block without cross-attention, as language models are made of.
        expansion: Width of the feed-forward network, in units of `channels`.
        dropout: Probability of dropping a channel before each residual sum and inside
            the feed-forward network.
        attention_dropout: Probability of dropping an attention weight.
        norm_first: Whether norms stand before each part; after the sums otherwise.
        position: How places enter the scores of self-attention.

    Source:
        Vaswani et al. 2017, https://arxiv.org/abs/1706.03762.
    """

    def __init__(
        self,
        channels: int,
        heads: int = 4,
        *,
        memory_channels: int | None = None,
        expansion: int = 2,
        dropout: float = 0.0,
        attention_dropout: float = 0.0,
        norm_first: bool = True,
        position: Position | None = None,
    ) -> None:
        super().__init__(channels, dropout, norm_first)
        self.attention_norm = nn.LayerNorm(channels)
        self.attention = GraphAttention(
            channels, channels, heads, dropout=attention_dropout, position=position
        )
        self.cross_norm, self.cross = None, None
        if memory_channels is not None:
            self.cross_norm = nn.LayerNorm(channels)
            self.cross = GraphAttention(
                (memory_channels, channels), channels, heads, dropout=attention_dropout
            )
        self.feed_forward_norm = nn.LayerNorm(channels)
        self.feed_forward = feed_forward(channels, expansion, dropout)

    def forward(
        self,
        x: Float[Tensor, "*sets num_nodes channels"],
        memory: Float[Tensor, "*sets _ memory_channels"] | None = None,
        edge_index: Tensor | Adjacency | None = None,
        *,
        batch: Batch | None = None,
        memory_batch: Int[Tensor, " _"] | None = None,
        cross_index: Tensor | Adjacency | None = None,
        causal: bool = True,
    ) -> Float[Tensor, "*sets num_nodes channels"]:
        """Returns new vectors of the nodes; see `Decoder.forward`."""

        def attend(rows: Tensor) -> Tensor:
            if edge_index is None:
                return self.attention(rows, batch=batch, causal=causal)
            sets = batch if self.attention.position is not None else None
            return self.attention(rows, edge_index, batch=sets)

        def read(rows: Tensor) -> Tensor:
            assert self.cross is not None
            if cross_index is not None:
                return self.cross((memory, rows), cross_index)
            both = None if batch is None else (memory_batch, batch)
            return self.cross((memory, rows), batch=both)

        x = self.around(attend, x, self.attention_norm)
        if self.cross_norm is not None:
            x = self.around(read, x, self.cross_norm)
        return self.around(self.feed_forward, x, self.feed_forward_norm)

    def go_on(
        self,
        x: Float[Tensor, "num_rows new channels"],
        past: KeyValues | None,
        memory: KeyValues | None,
        batch: tuple[Tensor, Tensor] | None,
        pattern: Pattern | None,
    ) -> tuple[Float[Tensor, "num_rows new channels"], KeyValues]:
        """Returns vectors of new nodes, and what is kept; see `Decoder.go_on`."""
        kept: list[KeyValues] = []

        def attend(rows: Tensor) -> Tensor:
            out, found = self.attention.go_on(rows, past, pattern)
            kept.append(found)
            return out

        def read(rows: Tensor) -> Tensor:
            assert self.cross is not None
            assert memory is not None
            assert batch is not None
            out = self.cross.attend_to(rows.flatten(0, 1), memory, batch)
            return out.unflatten(0, rows.shape[:2])

        x = self.around(attend, x, self.attention_norm)
        if self.cross_norm is not None:
            x = self.around(read, x, self.cross_norm)
        return self.around(self.feed_forward, x, self.feed_forward_norm), kept[0]


class Decoder(nn.Module):
    """A stack of decoder blocks, and a last norm where it lacks one.

    ``Decoder(DecoderBlock(64, 4, memory_channels=64) for _ in range(3))``

    Args:
        blocks: Blocks of one width; all with cross-attention, or none.

    Raises:
        ValueError: There is no block, or the blocks do not go together.
    """

    def __init__(self, blocks: Iterable[DecoderBlock]) -> None:
        super().__init__()
        chosen = list(blocks)
        self.channels, self.norm = last_norm("Decoder", chosen)
        crossing = [block.cross is not None for block in chosen]
        require(
            len(set(crossing)) == 1,
            "Decoder",
            "either all blocks have cross-attention (memory_channels) or none",
            {"with cross-attention": crossing},
        )
        self.crosses = crossing[0]
        self.blocks = nn.ModuleList(chosen)

    def forward(
        self,
        x: Float[Tensor, "*sets num_nodes channels"],
        memory: Float[Tensor, "*sets _ memory_channels"] | None = None,
        edge_index: Tensor | Adjacency | None = None,
        *,
        batch: Batch | None = None,
        memory_batch: Int[Tensor, " _"] | None = None,
        cross_index: Tensor | Adjacency | None = None,
        causal: bool = True,
    ) -> Float[Tensor, "*sets num_nodes channels"]:
        """Returns new vectors of the nodes.

        Args:
            x: Vectors of the nodes.
            memory: Vectors that cross-attention reads.
            edge_index: Who attends to whom in self-attention, such as a causal window;
                None: each node to itself and all before it in its set.
            batch: The set of each node, not decreasing.
            memory_batch: The set of each row of `memory`, with `batch`.
            cross_index: Which node reads which row of `memory`; None: all of its set.
            causal: False lets every node attend to all of its set, where `edge_index`
                is None; so do object queries.

        Raises:
            ValueError: A memory is missing or not wanted.
        """
        self._check("Decoder", memory)
        for block in self.blocks:
            x = block(
                x,
                memory,
                edge_index,
                batch=batch,
                memory_batch=memory_batch,
                cross_index=cross_index,
                causal=causal,
            )
        return self.norm(x)

    def begin(
        self,
        memory: Float[Tensor, "num_rows memory_channels"] | None = None,
        memory_batch: Int[Tensor, " num_rows"] | None = None,
        num_sets: int | None = None,
    ) -> Kept:
        """Returns what `go_on` begins with: one empty sequence per set of the memory.

        Args:
            memory: Vectors that cross-attention reads.
            memory_batch: The set of each, not decreasing; without it there is one.
            num_sets: How many sets there are; by default up to the last one named.

        Raises:
            ValueError: A memory is missing or not wanted.
        """
        self._check("Decoder.begin", memory)
        past = (None,) * len(self.blocks)
        if memory is None:
            return Kept(past, (), None, None)
        if memory_batch is None:
            memory_batch = memory.new_zeros(len(memory), dtype=torch.long)
        count = int(memory_batch[-1]) + 1 if num_sets is None else num_sets
        kept = []
        for block in self.blocks:
            assert isinstance(block, DecoderBlock)
            assert block.cross is not None
            kept.append(block.cross.keys_and_values(memory))
        rows = torch.arange(count, device=memory.device)
        return Kept(past, tuple(kept), memory_batch, rows)

    def go_on(
        self,
        x: Float[Tensor, "num_rows new channels"],
        kept: Kept,
        pattern: Pattern | None = None,
    ) -> tuple[Float[Tensor, "num_rows new channels"], Kept]:
        """Returns vectors of new nodes at the end of sequences, and what is kept.

        It equals `forward` on whole sequences, without dropout, at the price of the new
        nodes alone.

        Args:
            x: Vectors of the new nodes, as many in each sequence.
            kept: From `begin`, or from the step before.
            pattern: Who attends to whom in sequences of any length, such as ``lambda
                length: patterns.window(length, 8, causal=True)``; None: all before.
        """
        batch = None
        if kept.memory_batch is not None and kept.of_row is not None:
            batch = (kept.memory_batch, kept.of_row.repeat_interleave(x.shape[1]))
        past = []
        for number, block in enumerate(self.blocks):
            assert isinstance(block, DecoderBlock)
            memory = kept.memory[number] if kept.memory else None
            x, found = block.go_on(x, kept.past[number], memory, batch, pattern)
            past.append(found)
        length = kept.length + x.shape[1]
        return self.norm(x), replace(kept, past=tuple(past), length=length)

    def _check(self, caller: str, memory: Tensor | None) -> None:
        require(
            (memory is not None) == self.crosses,
            caller,
            "a decoder whose blocks were made with memory_channels needs a memory, and "
            "no other takes one",
            {"memory": memory, "with cross-attention": self.crosses},
        )

"""Sequences of tokens or characters: a chain in which neighbours are linked."""

from collections.abc import Sequence

import torch
from jaxtyping import Int
from torch import Tensor
from torch_geometric.data import Data

UNKNOWN = "<unknown>"
"""The token of id 0, for characters that a vocabulary has not."""


def chain(lengths: Int[Tensor, " num_sequences"]) -> Int[Tensor, "2 num_edges"]:
    """Returns the edges i - 1 <-> i of all sequences, counted from 0 in each.

    Args:
        lengths: Of the sequences.
    """
    counts = (lengths - 1).clamp(min=0)
    begins = (counts.cumsum(0) - counts).repeat_interleave(counts)
    first = torch.arange(len(begins)) - begins
    pairs = torch.stack([first, first + 1, first + 1, first], dim=1)
    return pairs.view(-1, 2).t().contiguous()


def characters(
    strings: Sequence[str], vocabulary: Sequence[str] | None = None
) -> tuple[Data, dict[str, Tensor], tuple[str, ...]]:
    """Returns the strings as token ids `x` [n, 1] in a chain, and the vocabulary.

    Args:
        strings: One per sequence.
        vocabulary: The token of each id; by default all characters, sorted, after
            `UNKNOWN`.

    Returns:
        All sequences one after the other, where each begins, and the vocabulary.
    """
    if vocabulary is None:
        vocabulary = (UNKNOWN, *sorted(set("".join(strings))))
    return *tokens(strings, vocabulary), tuple(vocabulary)


def tokens(
    sequences: Sequence[Sequence[str]], vocabulary: Sequence[str]
) -> tuple[Data, dict[str, Tensor]]:
    """Returns sequences of tokens as ids `x` [n, 1] in a chain.

    Args:
        sequences: Of tokens; one that the vocabulary has not is id 0.
        vocabulary: The token of each id.

    Returns:
        All sequences one after the other, and where each begins.
    """
    ids = {token: index for index, token in enumerate(vocabulary)}
    x = torch.tensor([ids.get(t, 0) for s in sequences for t in s], dtype=torch.long)
    lengths = torch.tensor([len(s) for s in sequences], dtype=torch.long)
    edges = 2 * (lengths - 1).clamp(min=0)
    data = Data(x=x.view(-1, 1), edge_index=chain(lengths))
    return data, {"x": pointers(lengths), "edge_index": pointers(edges)}


def pointers(
    lengths: Int[Tensor, " num_sequences"],
) -> Int[Tensor, " num_sequences_plus_one"]:
    """Returns where each sequence begins, and where the last one ends.

    Args:
        lengths: Of the sequences.
    """
    return torch.cat([lengths.new_zeros(1), lengths.cumsum(0)])

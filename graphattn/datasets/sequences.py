"""Strings as sequences of characters: a chain in which neighbours are linked."""

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
    first = torch.cat(
        [torch.arange(max(n - 1, 0)) for n in lengths.tolist()] or [lengths]
    )
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
    ids = {token: index for index, token in enumerate(vocabulary)}
    x = torch.tensor([[ids.get(c, 0)] for s in strings for c in s], dtype=torch.long)
    lengths = torch.tensor([len(string) for string in strings])
    ptr = torch.cat([lengths.new_zeros(1), lengths.cumsum(0)])
    edges = 2 * (lengths - 1).clamp(min=0)
    edge_ptr = torch.cat([edges.new_zeros(1), edges.cumsum(0)])
    data = Data(x=x.view(-1, 1), edge_index=chain(lengths))
    return data, {"x": ptr, "edge_index": edge_ptr}, tuple(vocabulary)

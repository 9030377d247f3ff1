"""Pairs of a source and a target as single numbers, to sort and compare them by."""

import torch
from torch import Tensor


def numbers_of(pairs: Tensor, num_sources: int) -> Tensor:
    """Returns one number for each column of `pairs`: by target, then by source."""
    return pairs[1] * num_sources + pairs[0]


def pairs_of(numbers: Tensor, num_sources: int) -> Tensor:
    """Returns the pairs `[2, num_pairs]` that `numbers_of` numbered."""
    columns = max(num_sources, 1)
    return torch.stack([numbers % columns, numbers // columns])

"""Edge dropout from a counter-based generator: the mask is a function, not a state.

Forward and backward ask for the same mask again instead of storing it, and every
kernel (portable, native, Triton) draws the same one. The mixing step is the 32-bit
integer hash "lowbias32" of Chris Wellons,
https://nullprogram.com/blog/2018/07/31/.
"""

import torch
from torch import Tensor

_WORD = 0xFFFFFFFF
_HEAD_STEP = 0x9E3779B9
_HIGH_STEP = 0x85EBCA6B


def _mix(word: Tensor) -> Tensor:
    word = word ^ (word >> 16)
    word = (word * 0x7FEB352D) & _WORD
    word = word ^ (word >> 15)
    word = (word * 0x846CA68B) & _WORD
    return word ^ (word >> 16)


def random_bits(seed: Tensor, counter: Tensor, heads: int) -> Tensor:
    """Returns 32 random bits for each counter and head, as int64 `[*counter, heads]`.

    Args:
        seed: One int64.
        counter: What is dropped: an edge's id, or a pair's number. Not negative.
        heads: Number of heads; each has bits of its own.
    """
    head = torch.arange(heads, device=counter.device) * _HEAD_STEP
    low, high = seed & _WORD, (seed >> 32) & _WORD
    first = _mix((counter & _WORD) ^ low) ^ ((counter >> 32) * _HIGH_STEP & _WORD)
    return _mix(first.unsqueeze(-1) ^ ((head + high) & _WORD))


def keep_factor(
    seed: Tensor | None,
    counter: Tensor,
    heads: int,
    dropout: float,
    dtype: torch.dtype,
) -> Tensor | None:
    """Returns 1 / (1 - dropout) where a weight is kept, 0 where it is dropped.

    None where nothing is dropped.
    """
    if seed is None or dropout == 0.0:
        return None
    kept = random_bits(seed, counter, heads) >= round(dropout * 2**32)
    return kept.to(dtype) * (1.0 / (1.0 - dropout) if dropout < 1.0 else 0.0)

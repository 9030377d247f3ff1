"""Where walks on one large graph are after each step, for some starts at a time."""

import warnings
from collections.abc import Iterator

import torch
from torch import Tensor

from graphattn.structure.groups import Entries

# Starts at a time: one cache line of each row of a state, so that a state of some ten
# thousand nodes stays in the second-level cache.
BLOCK = 16


def spread(
    entries: Entries, num_nodes: int, starts: Tensor, steps: int
) -> Iterator[tuple[slice, list[Tensor]]]:
    """Yields some of the starts, and for each step from 0 on where walks from them are.

    Args:
        entries: The probability of each edge, given its source.
        num_nodes: Number of nodes.
        starts: Where to start.
        steps: How many steps.

    Yields:
        Which of `starts`, and `steps + 1` states `[num_nodes, starts]`.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*beta state", category=UserWarning)
        transition = torch.sparse_coo_tensor(
            torch.stack([entries.target, entries.source]),
            entries.weight,
            (num_nodes, num_nodes),
            check_invariants=False,
        ).to_sparse_csr()
    for begin in range(0, len(starts), BLOCK):
        block = starts[begin : begin + BLOCK]
        state = entries.weight.new_zeros(num_nodes, len(block))
        state[block, torch.arange(len(block), device=block.device)] = 1.0
        states = [state]
        for _ in range(steps):
            states.append(transition @ states[-1])
        yield slice(begin, begin + BLOCK), states

"""The sets that patterns keep apart, and adjacencies made of ranges within them."""

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from jaxtyping import Int
from torch import Tensor

from graphattn._errors import require
from graphattn.adjacency import Adjacency

Batch = Int[Tensor, " num_nodes"]


class Sets(NamedTuple):
    """For each node its set's number, where the set begins, and how long it is."""

    number: Tensor
    start: Tensor
    size: Tensor

    @property
    def end(self) -> Tensor:
        """Where each node's set ends."""
        return self.start + self.size


def sets_of(caller: str, num_nodes: int, batch: Tensor | None) -> Sets:
    """Returns the sets that `batch` names; without it there is one."""
    check_batch(f"patterns.{caller}", num_nodes, batch)
    if batch is None:
        zeros = torch.zeros(num_nodes, dtype=torch.int64)
        return Sets(zeros, zeros, torch.full((num_nodes,), num_nodes))
    _, number, size = batch.unique_consecutive(return_inverse=True, return_counts=True)
    start = size.cumsum(0) - size
    return Sets(number, start[number], size[number])


def check_batch(caller: str, num_nodes: int, batch: Tensor | None) -> None:
    """Checks that sets lie one after another.

    Args:
        caller: The public name to blame in an error.
        num_nodes: How many nodes there are.
        batch: The set of each node.

    Raises:
        ValueError: There are other numbers of nodes, or `batch` decreases.
    """
    require(
        num_nodes >= 0,
        caller,
        "num_nodes must not be negative",
        {"num_nodes": num_nodes},
    )
    require(
        batch is None
        or (batch.shape == (num_nodes,) and bool((batch.diff() >= 0).all())),
        caller,
        "batch must hold one set number per node and must not decrease",
        {"batch": batch, "num_nodes": num_nodes},
    )


def for_batch(
    pattern: Callable[..., Adjacency],
    ptr: Int[Tensor, " num_sets_plus_one"],
    *options: Any,
    **named: Any,
) -> Adjacency:
    """The pattern within each set of a batch that is given by where its sets begin.

    ``for_batch(window, ptr, 3)`` is ``window(num_nodes, 3, batch=batch)``.

    Args:
        pattern: One of those that take the number of nodes first, and `batch`.
        ptr: Where each set begins, and the number of nodes, as PyG's batches have it.
        *options: What the pattern takes after the number of nodes.
        **named: What it takes by name.

    Raises:
        ValueError: `ptr` does not begin with 0 or decreases; as the pattern.
    """
    sizes = ptr.diff()
    require(
        len(ptr) > 0 and int(ptr[0]) == 0 and bool((sizes >= 0).all()),
        "patterns.for_batch",
        "ptr must begin with 0 and must not decrease",
        {"ptr": ptr},
    )
    batch = torch.arange(len(sizes), device=ptr.device).repeat_interleave(sizes)
    return pattern(len(batch), *options, batch=batch, **named)


def concatenated_ranges(first: Tensor, end: Tensor) -> Tensor:
    """Returns the numbers from each `first` to before its `end`, one after another."""
    pointers = _pointers(end - first)
    return _counted_up(first, pointers, torch.int64)


def from_ranges(num_sources: int, first: Tensor, end: Tensor) -> Adjacency:
    """Every target attends to the sources from `first` to before `end`.

    Both must not decrease from target to target. Then the targets of a source are a
    range as well, so that nothing has to be sorted.

    Args:
        num_sources: Number of sources.
        first: int64 `[num_targets]`.
        end: int64 `[num_targets]`, not before `first`.
    """
    rowptr = _pointers(end - first)
    _check_count(rowptr)
    source = torch.arange(num_sources, device=first.device)
    first_target = torch.searchsorted(end, source, right=True)
    colptr = _pointers(torch.searchsorted(first, source, right=True) - first_target)
    row = _counted_up(first_target, colptr, torch.int32)
    owner = source.to(torch.int32).repeat_interleave(colptr.diff())
    slot = (rowptr[:-1] - first).to(torch.int32)[row].add_(owner)
    del owner
    return Adjacency(
        num_sources,
        len(first),
        rowptr.to(torch.int32),
        _counted_up(first, rowptr, torch.int32),
        torch.arange(len(row), device=first.device, dtype=torch.int32),
        colptr.to(torch.int32),
        row,
        slot,
    )


def _pointers(count: Tensor) -> Tensor:
    return torch.cat([count.new_zeros(1), count.cumsum(0)])


def _counted_up(first: Tensor, pointers: Tensor, dtype: torch.dtype) -> Tensor:
    """Returns for each range the numbers from `first` on, one after another."""
    shift = (first - pointers[:-1]).to(dtype).repeat_interleave(pointers.diff())
    return shift.add_(torch.arange(len(shift), device=first.device, dtype=dtype))


def _check_count(rowptr: Tensor) -> None:
    require(
        int(rowptr[-1]) < 2**31,
        "patterns",
        "at most 2^31 - 1 pairs fit into one adjacency; choose a sparser pattern, or "
        "full_attention, which needs no list of pairs",
        {"pairs": int(rowptr[-1])},
    )

"""Patterns as dense matrices, and random sets to try them on."""

import torch
from hypothesis import strategies as st
from torch import Tensor

from graphattn import Adjacency

SETS = st.lists(st.integers(1, 9), min_size=1, max_size=5)


def matrix(adjacency: Adjacency) -> Tensor:
    """Returns [target, source] = number of edges, checked from both sides."""
    shape = (adjacency.num_targets, adjacency.num_sources)
    one, edges = torch.tensor(1), adjacency.edge_index
    dense = torch.zeros(shape).long()
    dense = dense.index_put((edges[1], edges[0]), one, accumulate=True)
    source = torch.arange(shape[1]).repeat_interleave(adjacency.colptr.diff().long())
    ends = (adjacency.row.long(), source)
    assert torch.equal(
        torch.zeros(shape).long().index_put(ends, one, accumulate=True), dense
    )
    if adjacency.num_edges:
        same = edges[:, adjacency.csc_perm.long()]
        assert torch.equal(same, torch.stack([source, adjacency.row.long()]))
    return dense


def batch_of(sizes: list[int]) -> Tensor:
    """Returns the set of each node."""
    return torch.arange(len(sizes)).repeat_interleave(torch.tensor(sizes).long())


def places(sizes: list[int]) -> Tensor:
    """Returns each node's place in its set."""
    return torch.cat([torch.arange(size) for size in sizes])


def same_set(sizes: list[int]) -> Tensor:
    """Returns which pairs are of one set."""
    batch = batch_of(sizes)
    return batch[:, None] == batch[None, :]

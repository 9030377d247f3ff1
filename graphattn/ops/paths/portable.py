"""Shortest paths by levels: all pairs of one length at once, on any device."""

import torch
from torch import Tensor


def find_paths(
    colptr: Tensor,
    row: Tensor,
    csc_perm: Tensor,
    source: Tensor,
    target: Tensor,
    most: int,
    width: int | None,
) -> tuple[Tensor, Tensor | None]:
    """See `graphattn.ops.paths.op`."""
    num_nodes = len(colptr) - 1
    source, target = source.long(), target.long()
    asked = source * num_nodes + target
    distance = torch.full_like(asked, -1)
    # Pairs are numbered; `seen` is sorted, and `step` holds the edge that ends there.
    start = source.unique_consecutive()
    seen = fresh = start * num_nodes + start
    levels = [(fresh, torch.full_like(fresh, -1))]
    distance[source == target] = 0
    while len(levels) <= most and len(fresh) and bool((distance < 0).any()):
        fresh, step = _one_further(fresh, seen, colptr, row, csc_perm, num_nodes)
        distance[_find(fresh, asked) >= 0] = len(levels)
        levels.append((fresh, step))
        seen = torch.cat([seen, fresh]).sort().values
    edges = None
    if width is not None:
        edges = _trace(levels, distance, source, target, colptr, csc_perm, width)
    return distance.int(), edges


def _one_further(
    pairs: Tensor,
    seen: Tensor,
    colptr: Tensor,
    row: Tensor,
    csc_perm: Tensor,
    num_nodes: int,
) -> tuple[Tensor, Tensor]:
    """Returns the pairs that one more edge leads to first, and its lowest id."""
    start, node = pairs // num_nodes, pairs % num_nodes
    first, count = colptr[node].long(), colptr.diff()[node].long()
    owner = torch.arange(len(pairs), device=pairs.device).repeat_interleave(count)
    begin = count.cumsum(0) - count
    slot = torch.arange(len(owner), device=pairs.device) + (first - begin)[owner]
    number = start[owner] * num_nodes + row[slot].long()
    new = _find(seen, number) < 0
    number, place = number[new].unique(return_inverse=True)
    step = torch.full_like(number, len(row))
    step.scatter_reduce_(0, place, csc_perm[slot[new]].long(), "amin")
    return number, step


def _find(ascending: Tensor, numbers: Tensor) -> Tensor:
    """Returns the place of each number, or -1."""
    if len(ascending) == 0:
        return torch.full_like(numbers, -1)
    place = torch.searchsorted(ascending, numbers).clamp(max=len(ascending) - 1)
    return place.where(ascending[place] == numbers, -1)


def _trace(
    levels: list[tuple[Tensor, Tensor]],
    distance: Tensor,
    source: Tensor,
    target: Tensor,
    colptr: Tensor,
    csc_perm: Tensor,
    width: int,
) -> Tensor:
    """Walks back from the targets, from the longest paths' ends on."""
    num_nodes, device = len(colptr) - 1, source.device
    edges = torch.full((len(source), width), -1, dtype=torch.int32, device=device)
    nodes = torch.arange(num_nodes, device=device)
    source_of = torch.empty_like(csc_perm, dtype=torch.int64)
    source_of[csc_perm.long()] = nodes.repeat_interleave(colptr.diff().long())
    node = target.clone()
    for level in range(len(levels) - 1, 0, -1):
        numbers, step = levels[level]
        on = (distance >= level).nonzero().flatten()
        edge = step[_find(numbers, source[on] * num_nodes + node[on])]
        edges[on, level - 1] = edge.int()
        node[on] = source_of[edge]
    return edges

"""Patterns of points: who is near in a space of features or of positions."""

import torch
from jaxtyping import Float
from torch import Tensor

from graphattn._errors import require
from graphattn.adjacency import Adjacency
from graphattn.patterns.sets import Batch, sets_of

# Distances held at once.
_BLOCK = 1 << 22

Points = Float[Tensor, "num_nodes width"]


def nearest(points: Points, k: int, *, batch: Batch | None = None) -> Adjacency:
    """Every node attends to the `k` nodes of its set that are nearest, itself excluded.

    Ties go to the lower number; sets of at most `k` nodes are joined completely. Every
    distance within a set is looked at, a bounded number at a time.

    Args:
        points: Features or positions, in any unit; Euclidean distances count.
        k: How many, at least 0.
        batch: The set of each node, not decreasing.

    Raises:
        ValueError: `k` is negative, a number is not finite, or `batch` does not fit.
    """
    require(k >= 0, "patterns.nearest", "k must not be negative", {"k": k})

    def choose(distance: Tensor) -> Tensor:
        order = distance.argsort(dim=1, stable=True)[:, :k]
        chosen = torch.zeros_like(distance, dtype=torch.bool)
        return chosen.scatter_(1, order, True) & distance.isfinite()

    return _chosen("nearest", points, batch, choose)


def within(points: Points, radius: float, *, batch: Batch | None = None) -> Adjacency:
    """Every node attends to those of its set at most `radius` away, itself excluded.

    Args:
        points: Features or positions.
        radius: In the unit of the points (angstrom for conformers), not negative.
        batch: The set of each node, not decreasing.

    Raises:
        ValueError: `radius` is negative, a number is not finite, or `batch` does not
            fit.
    """
    require(
        radius >= 0,
        "patterns.within",
        "radius is a distance and must not be negative",
        {"radius": radius},
    )
    return _chosen("within", points, batch, lambda distance: distance <= radius)


def _chosen(caller: str, points: Tensor, batch: Tensor | None, choose) -> Adjacency:
    """Returns the pairs that `choose` marks in rows of distances within each set."""
    sets = sets_of(caller, len(points), batch)
    finite = points.isfinite().all(1)
    row = 0 if bool(finite.all()) else int((~finite).nonzero()[0])
    require(
        bool(finite.all()),
        f"patterns.{caller}",
        "every coordinate must be a finite number; correct or leave out the node",
        {f"points[{row}]": points[row].tolist() if len(points) else None},
    )
    edges = [torch.empty(2, 0, dtype=torch.int64, device=points.device)]
    sizes = sets.number.bincount().tolist()
    begin = 0
    for size in sizes:
        own = points[begin : begin + size]
        step = max(1, _BLOCK // size)
        for first in range(0, size, step):
            rows = own[first : first + step]
            distance = torch.cdist(
                rows, own, compute_mode="donot_use_mm_for_euclid_dist"
            )
            itself = torch.arange(len(rows), device=points.device)
            distance[itself, itself + first] = float("inf")
            target, source = choose(distance).nonzero().T
            edges.append(torch.stack([source, target + first]) + begin)
        begin += size
    return Adjacency.from_edge_index(torch.cat(edges, dim=1), len(points))

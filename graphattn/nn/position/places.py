"""Places: where nodes stand in their sets."""

import torch
from jaxtyping import Int, Real
from torch import Tensor

from graphattn._errors import require

Place = Real[Tensor, "num_nodes *dims"]


def places_within(batch: Int[Tensor, " num_nodes"]) -> Int[Tensor, " num_nodes"]:
    """Returns each node's place in its set: 0, 1, 2, ... and again from 0.

    Args:
        batch: The set of each node, not decreasing, as PyG's `batch`.

    Raises:
        ValueError: `batch` decreases.
    """
    if not torch.compiler.is_compiling():
        require(
            bool((batch.diff() >= 0).all()),
            "places_within",
            "batch must not decrease: sort the nodes by set, or give their places",
            {"batch": batch},
        )
    everyone = torch.arange(len(batch), device=batch.device)
    return everyone - torch.searchsorted(batch, batch)


def grid_places(height: int, width: int) -> Int[Tensor, "num_nodes 2"]:
    """Returns the row and column of each pixel, in the order of `patterns.grid`.

    Args:
        height: Number of rows.
        width: Number of columns.
    """
    return torch.cartesian_prod(torch.arange(height), torch.arange(width))


def places_of(
    caller: str,
    num_nodes: int,
    dims: int,
    place: Tensor | None,
    batch: Tensor | None,
    device: torch.device,
) -> Tensor:
    """Returns the places given, or those within sets where none are.

    Args:
        caller: The public name to blame in an error.
        num_nodes: Number of nodes.
        dims: Number of axes; with more than one, places have to be given.
        place: `[num_nodes]`, or `[num_nodes, dims]` where there are several axes.
        batch: The set of each node; without it there is one.
        device: Of the places made here.

    Raises:
        ValueError: `place` or `batch` does not fit.
    """
    wanted = (num_nodes,) if dims == 1 else (num_nodes, dims)
    require(
        (place is None and dims == 1)
        or (place is not None and tuple(place.shape) == wanted),
        caller,
        "place must have one row per node and, where there are several axes, one "
        "column per axis (grid_places makes them)",
        {"place": place, "num_nodes": num_nodes, "dims": dims},
    )
    if place is not None:
        return place
    if batch is None:
        return torch.arange(num_nodes, device=device)
    require(
        tuple(batch.shape) == (num_nodes,),
        caller,
        "batch must hold one set number per node",
        {"batch": batch, "num_nodes": num_nodes},
    )
    return places_within(batch)


def axes_of(place: Tensor, dims: int) -> Tensor:
    """Returns places, or differences of them, with one column per axis."""
    return place.unsqueeze(-1) if dims == 1 else place

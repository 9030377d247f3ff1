"""How `GraphAttention` hears of places: turned rows, a bias of edges, one of blocks."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from graphattn._errors import require
from graphattn.adjacency import Adjacency
from graphattn.nn.position import PairBias, Position
from graphattn.nn.position.places import places_of
from graphattn.nn.scores import Projected

_CALLER = "GraphAttention"
_LARGE = 256


class Places(NamedTuple):
    """Where sources and targets stand, `[num_nodes]`, or `[num_nodes, dims]`."""

    source: Tensor
    target: Tensor


def check_position(
    position: Position | None, score: str, is_dot: bool, heads: int, head_dim: int
) -> None:
    """Checks that a layer's position fits its score, heads and width."""
    require(
        position is None or isinstance(position, Position),
        _CALLER,
        "position must be one that enters the score (RelativeBias, RelativeScore, "
        "RotaryEncoding, ALiBi); SinusoidalEncoding and LearnedEncoding are added to "
        "x before the layer",
        {"position": position},
    )
    if position is None:
        return
    require(
        is_dot or not position.needs_dot,
        _CALLER,
        "this position turns queries and keys for a dot product; take score='dot', or "
        "RelativeBias or ALiBi",
        {"position": position, "score": score},
    )
    for name, wanted in (("heads", heads), ("head_dim", head_dim)):
        given = getattr(position, name, wanted)
        require(
            given == wanted,
            _CALLER,
            f"position must be made for the layer's {name}",
            {"position": position, f"layer's {name}": wanted},
        )


def find_places(
    position: Position | None,
    source: Tensor,
    target: Tensor,
    place: Tensor | tuple[Tensor, Tensor] | None,
    batch: Tensor | tuple[Tensor, Tensor] | None,
    memory: int,
) -> Places | None:
    """Returns where everyone stands; None where the layer does not ask.

    Args:
        position: Of the layer.
        source: `[..., num_sources, channels]`.
        target: `[..., num_targets, channels]`; `source` itself where they are the same.
        place: As the user gave it.
        batch: As the user gave it.
        memory: How many sources come before the first target.
    """
    if position is None:
        require(
            place is None,
            _CALLER,
            "place is for a layer made with a position",
            {"place": place},
        )
        return None
    both = place if isinstance(place, tuple) else (place, place)
    sets = batch if isinstance(batch, tuple) else (batch, batch)
    sizes = source.shape[-2], target.shape[-2]
    found = places_of(_CALLER, sizes[0], position.dims, both[0], sets[0], source.device)
    if source is target:
        return Places(found, found)
    if memory:
        return Places(found, found[memory:])
    return Places(
        found,
        places_of(_CALLER, sizes[1], position.dims, both[1], sets[1], target.device),
    )


def turned(
    position: Position | None, given: Projected, places: Places | None
) -> Projected:
    """Returns queries and keys as the position turns them."""
    if position is None or places is None or not position.needs_dot:
        return given
    scale = given.query.shape[-1] ** -0.5
    query, key = position.turn(given.query, given.key, places.target, places.source)
    return given._replace(query=query, key=key, scale=scale)


def bias_of_edges(
    position: Position | None,
    places: Places | None,
    adjacency: Adjacency,
    edge_bias: Tensor | None,
) -> Tensor | None:
    """Returns the position's bias of every edge, added to the one given."""
    if not isinstance(position, PairBias) or places is None:
        return edge_bias
    found = position.along(adjacency.edge_index, places.source, places.target)
    return found if edge_bias is None else found + edge_bias


def bias_of_blocks(
    position: Position | None, places: Places | None
) -> Callable[[Tensor, Tensor], Tensor] | None:
    """Returns the position's bias of a block, as `blockwise_attention` asks for it."""
    if not isinstance(position, PairBias) or places is None:
        return None

    def block(targets: Tensor, sources: Tensor) -> Tensor:
        return position.matrix(
            places.target.index_select(0, targets),
            places.source.index_select(0, sources),
        )

    return block


def are_large(batch: Tensor | tuple[Tensor, Tensor]) -> bool:
    """Whether sets are so large that a list of their pairs is too much to keep.

    About as fast either way; edges of small sets need no loop over them.
    """
    if torch.compiler.is_compiling():
        return False
    source, target = (batch, batch) if isinstance(batch, Tensor) else batch
    if not len(source) or not len(target):
        return False
    sets = int(torch.maximum(source.max(), target.max())) + 1
    pairs = source.bincount(minlength=sets) * target.bincount(minlength=sets)
    return int(pairs.sum()) > _LARGE * len(target)


def with_memory(memory: Tensor | None, x: Tensor) -> Tensor:
    """Returns sources: what came before, then `x` itself."""
    if memory is None:
        return x
    require(
        memory.shape[:-2] == x.shape[:-2] and memory.shape[-1:] == x.shape[-1:],
        _CALLER,
        "memory must have the shape of x but for the number of nodes",
        {"memory": memory, "x": x},
    )
    return torch.cat([memory, x], -2)

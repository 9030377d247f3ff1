"""What `GraphAttention` checks about its options and inputs."""

from typing import NamedTuple

from torch import Tensor

from graphattn import patterns
from graphattn._errors import require
from graphattn.adjacency import Adjacency
from graphattn.nn.position import places_within
from graphattn.nn.scores import SCORES


def check_options(
    out_channels: int, heads: int, score: str, concat: bool, dropout: float
) -> None:
    """Checks the constructor's options."""
    caller = "GraphAttention"
    require(
        heads >= 1 and out_channels >= 1,
        caller,
        "heads and out_channels must be at least 1",
        {"heads": heads, "out_channels": out_channels},
    )
    require(
        not concat or out_channels % heads == 0,
        caller,
        "heads must divide out_channels, which is the width of the output "
        "(concat=False takes the mean of the heads instead)",
        {"heads": heads, "out_channels": out_channels},
    )
    require(
        score in SCORES,
        caller,
        f"score must be one of {', '.join(SCORES)}",
        {"score": score},
    )
    require(
        0.0 <= dropout <= 1.0,
        caller,
        "dropout is a probability, from 0 to 1",
        {"dropout": dropout},
    )


class Inputs(NamedTuple):
    """What `forward` was given besides features, by its names there."""

    edge_index: Tensor | Adjacency | None
    edge_attr: Tensor | None
    edge_mask: Tensor | None
    edge_bias: Tensor | None
    batch: Tensor | tuple[Tensor, Tensor] | None
    causal: bool

    @property
    def edges_have_more(self) -> bool:
        """Whether anything belongs to edges."""
        rows = (self.edge_attr, self.edge_mask, self.edge_bias)
        return any(row is not None for row in rows)


def check_inputs(
    edge_dim: int | None,
    placed: bool,
    given: Inputs,
    memory: Tensor | None,
    x: Tensor | tuple[Tensor, Tensor],
) -> None:
    """Checks that what was given to `forward` goes together."""
    caller, edge_attr = "GraphAttention", given.edge_attr
    named = given._asdict()
    require(
        given.edge_index is not None or not given.edges_have_more,
        caller,
        "edge_attr, edge_mask and edge_bias belong to edges: pass an edge_index "
        "(patterns.full has every pair)",
        named,
    )
    require(
        given.edge_index is None
        or not (given.causal or (given.batch is not None and not placed)),
        caller,
        "batch and causal say who attends to whom where edge_index is None; "
        "pass either them or an edge_index",
        named,
    )
    require(
        memory is None
        or (given.edge_index is None and given.batch is None and isinstance(x, Tensor)),
        caller,
        "memory comes before one x, or each of its sets, without an edge_index or "
        "batch; with edges, pass x as a pair (of sources, of targets)",
        {"memory": memory, **named},
    )
    require(
        edge_attr is None or edge_dim is not None,
        caller,
        "edge_attr needs a layer made with edge_dim, the number of features of an "
        "edge; set it, or pass no edge_attr",
        {"edge_attr": edge_attr, "edge_dim": edge_dim},
    )
    require(
        edge_attr is None or (edge_attr.dim() == 2 and edge_attr.shape[1] == edge_dim),
        caller,
        "edge_attr must have the shape [num_edges, edge_dim]; one number for each edge "
        "becomes a column with edge_attr.unsqueeze(1)",
        {"edge_attr": edge_attr, "edge_dim": edge_dim},
    )


def check_width(
    in_channels: int | tuple[int, int], source: Tensor, target: Tensor | None
) -> None:
    """Checks the nodes' features."""
    caller = "GraphAttention"
    require(
        target is not None,
        caller,
        "targets attend by their features, so a pair x needs those of both sources "
        "and targets",
        {"x[0]": source, "x[1]": target},
    )
    wanted = in_channels
    wanted = wanted if isinstance(wanted, tuple) else (wanted, wanted)
    for name, rows, channels in zip(
        ("source", "target"), (source, target), wanted, strict=True
    ):
        assert rows is not None
        require(
            rows.dim() >= 2 and (channels == -1 or channels == rows.shape[-1]),
            caller,
            f"x must have the shape [..., num_nodes, in_channels] ({name} rows)",
            {"x": rows, "in_channels": in_channels},
        )
        require(
            rows.is_floating_point(),
            caller,
            f"x must hold floating numbers ({name} rows): convert them with .float(), "
            "or look them up in an embedding where they are categories",
            {"x": rows},
        )


def all_pairs(
    source: Tensor,
    target: Tensor,
    batch: Tensor | tuple[Tensor, Tensor] | None,
    causal: bool,
    memory: int,
) -> Adjacency:
    """Returns every pair of a set as an edge, or every pair up to the target.

    Args:
        source: `[..., num_sources, channels]`.
        target: `[..., num_targets, channels]`; `source` itself where they are the same.
        batch: The set of each node, or a pair of them.
        causal: Whether a target attends only up to its own place.
        memory: How many sources come before the first target.
    """
    if source is target:
        require(
            batch is None or isinstance(batch, Tensor),
            "GraphAttention",
            "a pair of batches belongs to a pair of x",
            {"batch": batch},
        )
        pattern = patterns.causal if causal else patterns.full
        of = batch if isinstance(batch, Tensor) else None
        return pattern(source.shape[-2], batch=of).to(source.device)
    require(
        batch is None or isinstance(batch, tuple),
        "GraphAttention",
        "a pair of x needs a pair of batches (of sources, of targets)",
        {"batch": batch},
    )
    pairs = batch if isinstance(batch, tuple) else None
    every = patterns.bipartite_full(source.shape[-2], target.shape[-2], batch=pairs)
    if causal:
        every = _up_to(every, pairs, memory)
    return every.to(source.device)


def _up_to(
    every: Adjacency, batch: tuple[Tensor, Tensor] | None, memory: int
) -> Adjacency:
    """Keeps pairs whose source is not beyond the target's own place in its set."""
    edges = every.edge_index
    source, target = edges
    if batch is not None:
        source, target = (
            places_within(sets)[ends] for sets, ends in zip(batch, edges, strict=True)
        )
    kept = edges[:, source <= target + memory]
    return Adjacency.from_edge_index(kept, (every.num_sources, every.num_targets))

"""What a sample is drawn from, by which rules, and what comes out."""

from dataclasses import dataclass
from typing import NamedTuple

from torch import Tensor

from graphattn._errors import require


@dataclass(frozen=True, eq=False)
class Relation:
    """Who may be drawn for whom: edges of one type, compressed by target.

    Attributes:
        source: Number of the type of the nodes that are drawn.
        target: Number of the type of the nodes they are drawn for.
        rowptr: int32 `[num_targets + 1]`, where each target's slots begin.
        col: int32 `[num_edges]`, the source of each slot.
        perm: int32 `[num_edges]`, the edge id of each slot.
        time: int64 `[num_edges]`, when each slot appeared; ascending within a target.
        weight: float64 `[num_edges]`, how likely each slot is to be drawn.
    """

    source: int
    target: int
    rowptr: Tensor
    col: Tensor
    perm: Tensor
    time: Tensor | None = None
    weight: Tensor | None = None


class Rules(NamedTuple):
    """How neighbours are drawn.

    Attributes:
        counts: For each relation and hop, how many; negative draws every neighbour.
        replace: Whether a neighbour may be drawn twice.
        disjoint: Whether every start has a subgraph of its own.
        induced: Whether to return all edges between the nodes drawn.
        last: Whether only the latest neighbours are drawn.
    """

    counts: list[list[int]]
    replace: bool = False
    disjoint: bool = False
    induced: bool = False
    last: bool = False


class Starts(NamedTuple):
    """Where to start: all nodes in one list, type by type.

    Attributes:
        nodes: int64 `[num_starts]`.
        bounds: For each type of node, where its starts begin and end in `nodes`.
        times: int64 `[num_starts]`; nothing later than its start is drawn.
    """

    nodes: Tensor
    bounds: list[tuple[int, int]]
    times: Tensor | None = None


class Sample(NamedTuple):
    """What was drawn: all int64, a tensor for each type of node or relation.

    Attributes:
        node: The nodes, the starts first.
        batch: The start of each node, a place in `Starts.nodes`; empty tensors unless
            disjoint.
        row: The source of each edge, a place in `node`.
        col: The target of each edge, a place in `node`.
        edge: The id of each edge.
        nodes_per_hop: For each type, how many starts, then how many new ones by hop.
        edges_per_hop: For each relation, how many by hop; of no meaning where induced.
    """

    node: list[Tensor]
    batch: list[Tensor]
    row: list[Tensor]
    col: list[Tensor]
    edge: list[Tensor]
    nodes_per_hop: list[list[int]]
    edges_per_hop: list[list[int]]


def refuse(starts: Starts, place: int, num_nodes: list[int]) -> None:
    """Raises `ValueError` naming the start that is no node."""
    of_type = [begin <= place < end for begin, end in starts.bounds].index(True)
    require(
        False,
        "NeighborSampler",
        "every seed must be a node: at least 0 and below the number of nodes; "
        "correct the seeds, or set num_nodes of the data",
        {
            f"seed {place - starts.bounds[of_type][0]}": int(starts.nodes[place]),
            "number of nodes": num_nodes[of_type],
        },
    )

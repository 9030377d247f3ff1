"""Checks what a sampler is asked for, and puts it into the form that ops take."""

from typing import Any

import torch
from torch import Tensor
from torch_geometric.sampler import NumNeighbors

from graphattn._errors import require
from graphattn.ops.sample import Starts
from graphattn.sampling.graph import CALLER, EdgeType, Graph


def one_of(argument: str, value: object, *allowed: str) -> None:
    """Raises `ValueError` unless `value` is one of those allowed."""
    require(
        value in allowed,
        CALLER,
        f"{argument} must be one of {', '.join(allowed)}",
        {argument: value},
    )


def counts_of(
    wanted: NumNeighbors, edge_types: list[EdgeType | None]
) -> list[list[int]]:
    """Returns how many neighbours to draw, for each type of edges and hop.

    Raises:
        ValueError: They are no whole numbers, or by types that the graph has not.
    """
    values: Any = wanted.values
    if edge_types == [None]:
        require(
            isinstance(values, list | tuple),
            CALLER,
            "num_neighbors by type of edges needs a HeteroData; give a list",
            {"num_neighbors": values},
        )
        found = {None: values}
    else:
        found: Any = wanted.get_values([name for name in edge_types if name])
    counts = [list(found[name]) for name in edge_types]
    require(
        all(isinstance(n, int) and n >= -1 for row in counts for n in row),
        CALLER,
        "num_neighbors must hold whole numbers, at least 0, or -1 for all neighbours",
        {"num_neighbors": values},
    )
    return counts


def starts_of(graph: Graph, seed: Any, seed_time: Any) -> Starts:
    """Returns where to start, and when.

    Args:
        graph: Where the seeds are.
        seed: Nodes, or nodes by type.
        seed_time: Their times, in the same form; None takes those of the nodes.

    Raises:
        ValueError: A type is none of the graph's, or a seed has no time.
    """
    seeds = seed if isinstance(seed, dict) else {None: seed}
    given = seed_time if isinstance(seed_time, dict) else {None: seed_time}
    times, bounds, begin = [], {}, 0
    for name, nodes in seeds.items():
        require(
            name in graph.node_types,
            CALLER,
            "seeds must be nodes of the graph",
            {"type": name, "types of nodes": graph.node_types},
        )
        bounds[name] = (begin, begin + len(nodes))
        begin += len(nodes)
        if graph.timed:
            times.append(_times(graph, name, nodes, given.get(name)))
    return Starts(
        torch.cat([nodes.long() for nodes in seeds.values()]),
        [bounds.get(name, (begin, begin)) for name in graph.node_types],
        torch.cat(times).long() if times else None,
    )


def _times(graph: Graph, name: Any, nodes: Tensor, given: Tensor | None) -> Tensor:
    if given is not None:
        return given
    require(
        name in graph.node_time,
        CALLER,
        "every seed needs a time: give input_time, or edge_label_time for edges",
        {"seeds": nodes, "type": name},
    )
    time = graph.node_time[name]
    # A seed that is no node is refused when its neighbours are drawn.
    outside = (nodes < 0) | (nodes >= len(time))
    return time[nodes.masked_fill(outside, 0)] if len(time) else nodes

"""Shortest paths: how far a node is, and along which edges."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from graphattn._errors import require
from graphattn.adjacency import Adjacency
from graphattn.ops.paths import find_paths
from graphattn.patterns.graphs import square
from graphattn.structure.checks import pairs_of

_FOREVER = 2**31 - 1


def shortest_distances(
    edge_index: Tensor | Adjacency,
    num_nodes: int,
    pairs: Tensor | Adjacency,
    *,
    max_distance: int | None = None,
) -> Int[Tensor, " num_pairs"]:
    """Returns for each pair how many edges lead from its source to its target at least.

    -1 where no path does. A node is 0 from itself.

    Args:
        edge_index: The graph; paths follow its edges from source to target.
        num_nodes: Number of its nodes.
        pairs: Who is looked at: `patterns.full`, `patterns.k_hop`, or any other pairs
            of nodes.
        max_distance: Where given, longer paths count as none, and are not looked for.

    Raises:
        ValueError: `max_distance` is negative, or the graph or the pairs do not fit.

    Source:
        Ying et al. 2021, https://arxiv.org/abs/2106.05234.
    """
    caller = "shortest_distances"
    return _search(caller, edge_index, num_nodes, pairs, max_distance, None)[0].long()


def shortest_paths(
    edge_index: Tensor | Adjacency,
    num_nodes: int,
    pairs: Tensor | Adjacency,
    max_distance: int,
) -> Int[Tensor, "num_pairs max_distance"]:
    """Returns for each pair the edges of one shortest path, from its source on.

    Each row holds places in `edge_index`, filled up with -1; nothing else where no path
    of at most `max_distance` edges leads from the source to the target. Of several
    shortest paths it is the one whose edges, from the last back to the first, have the
    lowest number each.

    Args:
        edge_index: The graph; paths follow its edges from source to target.
        num_nodes: Number of its nodes.
        pairs: Who is looked at.
        max_distance: Of longer paths nothing is returned.

    Raises:
        ValueError: `max_distance` is negative, or the graph or the pairs do not fit.

    Source:
        Ying et al. 2021, https://arxiv.org/abs/2106.05234.
    """
    caller, width = "shortest_paths", max_distance
    _, edges = _search(caller, edge_index, num_nodes, pairs, max_distance, width)
    assert edges is not None
    return edges.long()


def path_means(
    edge_index: Tensor | Adjacency,
    num_nodes: int,
    pairs: Tensor | Adjacency,
    edge_attr: Float[Tensor, "num_edges edge_dim"],
    max_distance: int,
) -> Float[Tensor, "num_pairs edge_dim"]:
    """Returns for each pair the mean of the edges' features along `shortest_paths`.

    Zeros where the path has no edge, or more than `max_distance`.

    Args:
        edge_index: The graph.
        num_nodes: Number of its nodes.
        pairs: Who is looked at.
        edge_attr: Features of the edges, in `edge_index` order.
        max_distance: Most edges of a path.

    Raises:
        ValueError: As `shortest_paths`, or `edge_attr` has another number of rows.
    """
    edges = shortest_paths(edge_index, num_nodes, pairs, max_distance)
    on_path = edges >= 0
    num_edges = square(edge_index, num_nodes, "structure.path_means").num_edges
    require(
        len(edge_attr) == num_edges,
        "structure.path_means",
        "edge_attr must have one row per edge",
        {"edge_attr": edge_attr, "num_edges": num_edges},
    )
    count = on_path.sum(1)
    owner = torch.arange(len(edges), device=edges.device).repeat_interleave(count)
    total = edge_attr.new_zeros(len(edges), edge_attr.shape[1])
    total = total.index_add(0, owner, edge_attr[edges[on_path]])
    return total / count.clamp(min=1)[:, None]


def _search(
    caller: str,
    edge_index: Tensor | Adjacency,
    num_nodes: int,
    pairs: Tensor | Adjacency,
    max_distance: int | None,
    width: int | None,
) -> tuple[Tensor, Tensor | None]:
    most = _FOREVER if max_distance is None else max_distance
    require(
        most >= 0,
        f"structure.{caller}",
        "max_distance must not be negative",
        {"max_distance": max_distance},
    )
    graph = square(edge_index, num_nodes, f"structure.{caller}")
    asked = pairs_of(caller, pairs, num_nodes, graph.device)
    nodes = torch.arange(num_nodes, device=graph.device, dtype=torch.int32)
    source = nodes.repeat_interleave(asked.colptr.diff())
    view = (graph.colptr, graph.row, graph.csc_perm)
    found = find_paths(*view, source, asked.row, most, width)
    place = torch.empty_like(asked.csc_perm)
    place[asked.csc_perm] = torch.arange(
        asked.num_edges, device=graph.device, dtype=torch.int32
    )
    return found[0][place], None if found[1] is None else found[1][place]

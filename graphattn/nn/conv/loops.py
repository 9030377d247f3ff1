"""Self-loops as PyG adds them: built once per graph, their features from its edges."""

from typing import NamedTuple

import torch
from torch import Tensor
from torch_geometric.utils import add_self_loops, remove_self_loops, scatter

from graphattn.adjacency import Adjacency, as_adjacency, plain_edges, remember


class Looped(NamedTuple):
    """A graph whose own self-loops gave way to one at each node.

    Attributes:
        adjacency: The edges that are kept, then the loops; for a `torch.sparse` matrix
            its entries in storage order.
        kept: Which edges are kept; None where all are.
        edge_mask: False at the graph's own loops where they could not be taken out
            because a compiled graph has fixed sizes; None otherwise.
        num_loops: How many nodes have a loop.
    """

    adjacency: Adjacency
    kept: Tensor | None
    edge_mask: Tensor | None
    num_loops: int


def with_loops(
    edge_index: Tensor | Adjacency, size: tuple[int, int], num_loops: int
) -> Looped:
    """Returns the graph with a loop at each of the first `num_loops` nodes.

    Built once for each tensor and version, as `as_adjacency` keeps views.

    Args:
        edge_index: Who attends to whom.
        size: Numbers of sources and of targets.
        num_loops: Number of loops, at most the smaller of both.

    Raises:
        ValueError: `edge_index` names no node.
    """

    def build() -> Looped:
        if isinstance(edge_index, Tensor) and edge_index.layout != torch.strided:
            looped = sparse_with_loops(edge_index)
            return Looped(
                Adjacency.from_edge_index(looped, size), None, None, num_loops
            )
        return _build(edge_index, size, num_loops)

    return remember(edge_index, ("loops", *size, num_loops), build)


def _build(
    edge_index: Tensor | Adjacency, size: tuple[int, int], num_loops: int
) -> Looped:
    given = edge_index
    if isinstance(given, Adjacency):
        given = as_adjacency(given, *size, "with_loops").edge_index
    given = plain_edges(given, *size)
    loops = torch.arange(num_loops, device=given.device, dtype=given.dtype)
    others = given[0] != given[1]
    if torch.compiler.is_compiling():
        edge_mask = torch.cat([others, torch.ones_like(loops, dtype=torch.bool)])
        edges = torch.cat([given, loops.expand(2, -1)], dim=1)
        adjacency = Adjacency.from_edge_index(edges, size)
        return Looped(adjacency, None, edge_mask, num_loops)
    kept = others.nonzero().squeeze(1)
    kept = None if len(kept) == given.shape[1] else kept
    edges = given if kept is None else given.index_select(1, kept)
    edges = torch.cat([edges, loops.expand(2, -1)], dim=1)
    try:
        adjacency = Adjacency.from_edge_index(edges, size)
    except ValueError:
        # Says which of the given edges it is.
        Adjacency.from_edge_index(given, size)
        raise
    return Looped(adjacency, kept, None, num_loops)


def sparse_with_loops(matrix: Tensor) -> Tensor:
    """Returns a `torch.sparse` matrix with ones all along its diagonal."""
    if matrix.layout == torch.sparse_csc:
        matrix = matrix.to_sparse_csr()
    matrix, _ = remove_self_loops(matrix)
    return add_self_loops(matrix)[0]


def edges_with_loops(edge_index: Tensor, num_loops: int) -> Tensor:
    """Returns what PyG returns beside attention weights: the edges it attended along.

    In the order of `Looped.adjacency`, and of the type of `edge_index`.
    """
    if edge_index.layout != torch.strided:
        return sparse_with_loops(edge_index)
    kept, _ = remove_self_loops(edge_index)
    return add_self_loops(kept, num_nodes=num_loops)[0]


def attr_with_loops(
    edge_attr: Tensor,
    edge_index: Tensor | Adjacency,
    looped: Looped,
    fill_value: float | int | Tensor | str,
) -> Tensor:
    """Returns the features of `looped`'s edges, `[num_edges, edge_dim]`.

    Args:
        edge_attr: Features of the graph's own edges, in `edge_index` order.
        edge_index: The graph.
        looped: What `with_loops` made of it.
        fill_value: The loops' features: a number, one row for all, or how to reduce
            the features of the edges that lead to the node.
    """
    if looped.kept is not None:
        edge_attr = edge_attr.index_select(0, looped.kept)
    size = (looped.num_loops, edge_attr.shape[1])
    if isinstance(fill_value, str):
        loops = _reduced(edge_attr, edge_index, looped, fill_value)
    elif isinstance(fill_value, Tensor):
        loops = fill_value.to(edge_attr.device, edge_attr.dtype).expand(size)
    else:
        loops = edge_attr.new_full(size, fill_value)
    return torch.cat([edge_attr, loops])


def _reduced(
    edge_attr: Tensor, edge_index: Tensor | Adjacency, looped: Looped, reduce: str
) -> Tensor:
    if isinstance(edge_index, Adjacency):
        edge_index = edge_index.edge_index
    num_targets = looped.adjacency.num_targets
    size = (looped.adjacency.num_sources, num_targets)
    target = plain_edges(edge_index, *size)[1].long()
    if looped.kept is not None:
        target = target.index_select(0, looped.kept)
    if looped.edge_mask is not None:
        # What cannot be left out leads to a row of its own, which is cut off.
        own = ~looped.edge_mask[: len(target)]
        target = target.masked_fill(own, num_targets)
    rows = scatter(edge_attr, target, 0, num_targets + 1, reduce)
    return rows[: looped.num_loops]

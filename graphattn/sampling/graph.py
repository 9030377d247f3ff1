"""Reads a PyG graph into the compressed relations that samples are drawn from."""

from collections.abc import Iterable
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch_geometric.data import Data, HeteroData
from torch_geometric.sampler import NumNeighbors

from graphattn._errors import require
from graphattn.adjacency import Adjacency
from graphattn.ops.sample import Relation

CALLER = "NeighborSampler"
NodeType = str
EdgeType = tuple[str, str, str]
NumNeighborsLike = (
    NumNeighbors | list[int] | tuple[int, ...] | dict[EdgeType, list[int]]
)


class Graph(NamedTuple):
    """A graph as samples are drawn from it.

    Attributes:
        node_types: Names of the types of nodes; `[None]` where there is only one kind.
        edge_types: Names of the types of edges; `[None]` where there is only one kind.
        num_nodes: How many nodes of each type there are.
        relations: One for each type of edges.
        node_time: When the nodes of each type appeared, of the types that say so.
        timed: Whether nodes or edges say when they appeared.
    """

    node_types: list[NodeType | None]
    edge_types: list[EdgeType | None]
    num_nodes: list[int]
    relations: list[Relation]
    node_time: dict[NodeType | None, Tensor]
    timed: bool


def read_graph(
    data: Data | HeteroData,
    time_attr: str | None,
    weight_attr: str | None,
    backward: bool,
) -> Graph:
    """Compresses every type of edges.

    Args:
        data: The graph.
        time_attr: Of nodes or edges: when they appeared.
        weight_attr: Of edges: how likely they are to be drawn.
        backward: Whether sources draw their targets, not targets their sources.

    Raises:
        ValueError: An edge leads to no node, or an attribute is missing or unfit.
    """
    nodes, edges = _stores(data)
    num_nodes = {name: _num_nodes(name, store) for name, store in nodes.items()}
    node_time = _collect(nodes, time_attr, "is_node_attr")
    edge_time = _collect(edges, time_attr, "is_edge_attr")
    weight = _collect(edges, weight_attr, "is_edge_attr")
    _check_found("time_attr", time_attr, node_time, edge_time)
    _check_found("weight_attr", weight_attr, {}, weight)
    numbers = {name: number for number, name in enumerate(nodes)}
    relations = []
    for name, store in edges.items():
        source, target = (None, None) if name is None else (name[0], name[2])
        adjacency = _compress(store, num_nodes[source], num_nodes[target])
        rows = adjacency.compressed[:3]
        if backward:
            source, target, rows = target, source, adjacency.compressed[3:]
        _, col, perm = (tensor.long() for tensor in rows)
        time = weights = None
        if name in edge_time:
            time = _integers(time_attr, edge_time[name])[perm]
        elif source in node_time:
            time = _integers(time_attr, node_time[source])[col]
        if name in weight:
            weights = _weights(weight_attr, weight[name])[perm]
        relations.append(
            _relation(numbers[source], numbers[target], rows, time, weights)
        )
    return Graph(
        *(list(nodes), list(edges), list(num_nodes.values()), relations),
        {name: _integers(time_attr, time) for name, time in node_time.items()},
        bool(node_time or edge_time),
    )


def _stores(data: Any) -> tuple[dict[Any, Any], dict[Any, Any]]:
    require(
        isinstance(data, Data | HeteroData),
        CALLER,
        "data must be a torch_geometric Data or HeteroData; a FeatureStore and a "
        "GraphStore are not supported: put their edges into one of these",
        {"data": type(data).__name__},
    )
    if isinstance(data, HeteroData):
        return dict(data.node_items()), dict(data.edge_items())
    return {None: data}, {None: data}


def _num_nodes(name: NodeType | None, store: Any) -> int:
    num_nodes = store.num_nodes
    require(
        num_nodes is not None,
        CALLER,
        "every type of nodes must say how many there are; set num_nodes",
        {"type": name},
    )
    return num_nodes


def _collect(stores: dict[Any, Any], name: str | None, kind: str) -> dict[Any, Tensor]:
    if name is None:
        return {}
    return {
        key: store[name]
        for key, store in stores.items()
        if name in store and getattr(store, kind)(name)
    }


def _check_found(
    argument: str, name: str | None, of_nodes: Iterable[Any], of_edges: Iterable[Any]
) -> None:
    nodes, edges = list(of_nodes), list(of_edges)
    given = {argument: name, "nodes that have it": nodes, "edges that have it": edges}
    if name is None:
        return
    where = (
        "an attribute of the edges"
        if argument == "weight_attr"
        else ("an attribute of the nodes or of the edges")
    )
    require(bool(nodes or edges), CALLER, f"{argument} must name {where}", given)
    require(
        not (nodes and edges),
        CALLER,
        f"{argument} must name an attribute of the nodes or of the edges, not of both",
        given,
    )


def _compress(store: Any, num_sources: int, num_targets: int) -> Adjacency:
    edge_index = store.edge_index if "edge_index" in store else None
    require(
        edge_index is not None or "adj_t" not in store,
        CALLER,
        "the edges must be in edge_index, not in adj_t",
        {"adj_t": type(store["adj_t"]).__name__ if "adj_t" in store else None},
    )
    if edge_index is None:
        edge_index = torch.empty(2, 0, dtype=torch.int64)
    return Adjacency.from_edge_index(edge_index.cpu(), (num_sources, num_targets))


def _relation(
    source: int,
    target: int,
    rows: tuple[Tensor, ...],
    time: Tensor | None,
    weight: Tensor | None,
) -> Relation:
    rowptr, col, perm = rows
    if time is not None:
        # By time within each target; equal times stay in the order of the edges.
        row = torch.arange(len(rowptr) - 1).repeat_interleave(rowptr.diff().long())
        order = time.argsort(stable=True)
        order = order[row[order].argsort(stable=True)]
        col, perm, time = col[order], perm[order], time[order].contiguous()
        weight = None if weight is None else weight[order]
    if weight is not None:
        weight = weight.contiguous()
    return Relation(source, target, rowptr, col, perm, time, weight)


def _integers(name: str | None, time: Tensor) -> Tensor:
    require(
        isinstance(time, Tensor)
        and time.dim() == 1
        and not (time.is_floating_point() or time.is_complex()),
        CALLER,
        "times must be one whole number for each node or edge; "
        "count in a unit that is fine enough and convert with .long()",
        {str(name): time},
    )
    return time.cpu().long()


def _weights(name: str | None, weight: Tensor) -> Tensor:
    require(
        isinstance(weight, Tensor) and weight.dim() == 1,
        CALLER,
        "weights must be one number for each edge",
        {str(name): weight},
    )
    weight = weight.detach().cpu().double()
    bad = ~((weight >= 0) & weight.isfinite())
    if bool(bad.any()):
        edge = int(bad.nonzero()[0])
        require(
            False,
            CALLER,
            "every weight must be finite and not negative; correct the edge",
            {f"{name}[{edge}]": float(weight[edge])},
        )
    return weight

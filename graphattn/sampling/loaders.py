"""PyG's loaders over our sampler, by the names and arguments that PyG gives them."""

from collections.abc import Callable
from typing import Any

from torch import Tensor
from torch_geometric.data import Data, HeteroData
from torch_geometric.loader import LinkLoader, NodeLoader
from torch_geometric.sampler import BaseSampler, NegativeSampling
from torch_geometric.sampler.base import SubgraphType

from graphattn._errors import require
from graphattn.sampling.graph import NumNeighborsLike
from graphattn.sampling.sampler import NeighborSampler


def neighbor_loader(
    data: Data | HeteroData,
    num_neighbors: NumNeighborsLike,
    input_nodes: Any = None,
    input_time: Tensor | None = None,
    replace: bool = False,
    subgraph_type: SubgraphType | str = "directional",
    disjoint: bool = False,
    temporal_strategy: str = "uniform",
    time_attr: str | None = None,
    weight_attr: str | None = None,
    transform: Callable | None = None,
    transform_sampler_output: Callable | None = None,
    is_sorted: bool = False,
    filter_per_worker: bool | None = None,
    neighbor_sampler: BaseSampler | None = None,
    directed: bool = True,
    **kwargs: Any,
) -> NodeLoader:
    """Returns what PyG's `NeighborLoader` is: mini-batches around nodes.

    Args:
        data: The graph.
        num_neighbors: See `NeighborSampler`, as all that is not explained here.
        input_nodes: The seeds: numbers, a mask, a type of nodes, or a pair of a type
            and one of these. None takes all nodes.
        input_time: When each seed is looked at; its own time otherwise.
        replace: Whether a neighbour may be drawn twice.
        subgraph_type: Which edges are returned.
        disjoint: Whether every seed has a subgraph of its own.
        temporal_strategy: Which neighbours are drawn where times are respected.
        time_attr: When nodes or edges appeared.
        weight_attr: How likely edges are to be drawn.
        transform: Is applied to every mini-batch.
        transform_sampler_output: Is applied to every sample before it gets features.
        is_sorted: Has no effect.
        filter_per_worker: Whether workers gather the features, not the main process.
        neighbor_sampler: Draws in place of a new `NeighborSampler`.
        directed: False is PyG's older name of the induced subgraph.
        **kwargs: Of `torch.utils.data.DataLoader`: `batch_size`, `shuffle`,
            `num_workers`, ...

    Raises:
        ValueError: As `NeighborSampler`, or a time is given without `time_attr`.
    """
    require(
        input_time is None or time_attr is not None,
        "neighbor_loader",
        "input_time needs time_attr, the attribute that it is compared with",
        {"input_time": input_time, "time_attr": time_attr},
    )
    if neighbor_sampler is None:
        neighbor_sampler = NeighborSampler(
            *(data, num_neighbors, subgraph_type, replace, disjoint),
            *(temporal_strategy, time_attr, weight_attr, is_sorted),
            share_memory=kwargs.get("num_workers", 0) > 0,
            directed=directed,
        )
    return NodeLoader(
        data,
        node_sampler=neighbor_sampler,
        input_nodes=input_nodes,
        input_time=input_time,
        transform=transform,
        transform_sampler_output=transform_sampler_output,
        filter_per_worker=filter_per_worker,
        **kwargs,
    )


def link_neighbor_loader(
    data: Data | HeteroData,
    num_neighbors: NumNeighborsLike,
    edge_label_index: Any = None,
    edge_label: Tensor | None = None,
    edge_label_time: Tensor | None = None,
    replace: bool = False,
    subgraph_type: SubgraphType | str = "directional",
    disjoint: bool = False,
    temporal_strategy: str = "uniform",
    neg_sampling: NegativeSampling | str | dict[str, Any] | None = None,
    neg_sampling_ratio: int | float | None = None,
    time_attr: str | None = None,
    weight_attr: str | None = None,
    transform: Callable | None = None,
    transform_sampler_output: Callable | None = None,
    is_sorted: bool = False,
    filter_per_worker: bool | None = None,
    neighbor_sampler: BaseSampler | None = None,
    directed: bool = True,
    **kwargs: Any,
) -> LinkLoader:
    """Returns what PyG's `LinkNeighborLoader` is: mini-batches around pairs of nodes.

    Args:
        data: The graph.
        num_neighbors: See `NeighborSampler`, as all that is not explained here.
        edge_label_index: The pairs: `[2, num_pairs]`, a type of edges, or a pair of a
            type and one. None takes all edges.
        edge_label: What is to be learned about each pair.
        edge_label_time: When each pair is looked at; needs `time_attr`.
        replace: Whether a neighbour may be drawn twice.
        subgraph_type: Which edges are returned.
        disjoint: Whether every pair has a subgraph of its own.
        temporal_strategy: Which neighbours are drawn where times are respected.
        neg_sampling: PyG's `NegativeSampling`: which other pairs to add.
        neg_sampling_ratio: Shorter for binary negatives: how many for each pair.
        time_attr: When nodes or edges appeared; needs `edge_label_time`.
        weight_attr: How likely edges are to be drawn.
        transform: Is applied to every mini-batch.
        transform_sampler_output: Is applied to every sample before it gets features.
        is_sorted: Has no effect.
        filter_per_worker: Whether workers gather the features, not the main process.
        neighbor_sampler: Draws in place of a new `NeighborSampler`.
        directed: False is PyG's older name of the induced subgraph.
        **kwargs: Of `torch.utils.data.DataLoader`: `batch_size`, `shuffle`,
            `num_workers`, ...

    Raises:
        ValueError: As `NeighborSampler`, or only one of `edge_label_time` and
            `time_attr` is given.
    """
    require(
        (edge_label_time is None) == (time_attr is None),
        "link_neighbor_loader",
        "edge_label_time and time_attr go together: give both or neither",
        {"edge_label_time": edge_label_time, "time_attr": time_attr},
    )
    if neighbor_sampler is None:
        neighbor_sampler = NeighborSampler(
            *(data, num_neighbors, subgraph_type, replace, disjoint),
            *(temporal_strategy, time_attr, weight_attr, is_sorted),
            share_memory=kwargs.get("num_workers", 0) > 0,
            directed=directed,
        )
    return LinkLoader(
        data,
        link_sampler=neighbor_sampler,
        edge_label_index=edge_label_index,
        edge_label=edge_label,
        edge_label_time=edge_label_time,
        neg_sampling=neg_sampling,  # type: ignore[arg-type]
        neg_sampling_ratio=neg_sampling_ratio,
        transform=transform,
        transform_sampler_output=transform_sampler_output,
        filter_per_worker=filter_per_worker,
        **kwargs,
    )

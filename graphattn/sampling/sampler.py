"""`NeighborSampler`: draws the neighbourhoods of seeds for PyG's loaders."""

import math
from typing import Any

import torch
from torch import Tensor
from torch_geometric.data import Data, HeteroData
from torch_geometric.sampler import (
    BaseSampler,
    EdgeSamplerInput,
    HeteroSamplerOutput,
    NegativeSampling,
    NodeSamplerInput,
    NumNeighbors,
    SamplerOutput,
)
from torch_geometric.sampler.base import DataType, SubgraphType
from torch_geometric.sampler.neighbor_sampler import edge_sample, node_sample

from graphattn._errors import require
from graphattn.ops.sample import Rules, Sample, sample
from graphattn.sampling.arguments import counts_of, one_of, starts_of
from graphattn.sampling.graph import (
    CALLER,
    Graph,
    NodeType,
    NumNeighborsLike,
    read_graph,
)

Seeds = Tensor | dict[NodeType, Tensor]
_LARGEST_SEED = 2**63 - 1


class NeighborSampler(BaseSampler):
    """Draws neighbours hop by hop, from a `Data` or a `HeteroData`.

    It needs neither pyg-lib nor torch-sparse, and takes the arguments of PyG's sampler
    of the same name. A sample is drawn from torch's default generator, which PyTorch
    seeds in every worker: the same seed gives the same mini-batches, on any machine,
    with or without the compiled kernels.

    Every neighbour is equally likely, or likely in proportion to its weight among those
    not drawn yet; a neighbour of weight zero is never drawn (it is among all, for -1).

    Source:
        Hamilton, Ying, Leskovec 2017, https://arxiv.org/abs/1706.02216.
    """

    def __init__(
        self,
        data: Data | HeteroData,
        num_neighbors: NumNeighborsLike,
        subgraph_type: SubgraphType | str = "directional",
        replace: bool = False,
        disjoint: bool = False,
        temporal_strategy: str = "uniform",
        time_attr: str | None = None,
        weight_attr: str | None = None,
        is_sorted: bool = False,
        share_memory: bool = False,
        directed: bool = True,
        sample_direction: str = "forward",
    ) -> None:
        """Compresses the graph.

        Args:
            data: The graph; its features are not kept.
            num_neighbors: How many to draw in each hop; -1 draws all. In a
                heterogeneous graph for every type of edges, or by type.
            subgraph_type: ``"directional"`` returns the edges drawn,
                ``"bidirectional"`` their reverses too, ``"induced"`` all edges between
                the nodes drawn.
            replace: Whether a neighbour may be drawn twice.
            disjoint: Whether every seed has a subgraph of its own.
            temporal_strategy: ``"uniform"``, or ``"last"`` to draw the latest.
            time_attr: Of nodes or edges, whole numbers: nothing later than its seed is
                drawn. Makes the subgraphs disjoint.
            weight_attr: Of edges: how likely they are to be drawn.
            is_sorted: Has no effect: compressing edges takes little time.
            share_memory: Whether worker processes share the compressed graph.
            directed: False is PyG's older name of the induced subgraph.
            sample_direction: ``"backward"`` draws targets of outgoing edges instead of
                sources of incoming ones.

        Raises:
            ValueError: An edge leads to no node, or an argument is unfit.
        """
        del is_sorted
        one_of("sample_direction", sample_direction, "forward", "backward")
        backward = sample_direction == "backward"
        require(
            time_attr is None or not backward,
            CALLER,
            "sampling backward does not respect times; drop time_attr",
            {"time_attr": time_attr, "sample_direction": sample_direction},
        )
        one_of("temporal_strategy", temporal_strategy, "uniform", "last")
        if not isinstance(subgraph_type, SubgraphType):
            one_of(
                "subgraph_type", subgraph_type, *(kind.value for kind in SubgraphType)
            )
        self.graph = read_graph(data, time_attr, weight_attr, backward)
        self.data_type = DataType.from_data(data)
        self.subgraph_type = SubgraphType(subgraph_type)
        if not directed:
            self.subgraph_type = SubgraphType.induced
        self.replace = replace
        self.temporal_strategy = temporal_strategy
        self.sample_direction = sample_direction
        self.disjoint = disjoint or self.graph.timed
        self.num_neighbors = num_neighbors
        if share_memory:
            _share(self.graph)

    @property
    def num_neighbors(self) -> NumNeighbors:
        """How many neighbours are drawn in each hop; may be set."""
        return self._num_neighbors

    @num_neighbors.setter
    def num_neighbors(self, given: NumNeighborsLike) -> None:
        values = list(given) if isinstance(given, tuple) else given
        wanted = values if isinstance(values, NumNeighbors) else NumNeighbors(values)
        self._counts = counts_of(wanted, self.graph.edge_types)
        self._num_neighbors = wanted

    @property
    def is_hetero(self) -> bool:
        """Whether nodes and edges have types."""
        return self.data_type == DataType.heterogeneous

    @property
    def is_temporal(self) -> bool:
        """Whether nothing later than its seed is drawn."""
        return self.graph.timed

    @property
    def edge_permutation(self) -> None:
        """None: the edges returned are places in `edge_index`."""
        return None

    def sample_from_nodes(
        self, index: NodeSamplerInput, **kwargs: Any
    ) -> SamplerOutput | HeteroSamplerOutput:
        """Draws the neighbourhoods of nodes.

        Raises:
            ValueError: A seed is no node, or has no time where times are respected.
        """
        return self._as_asked(node_sample(index, self._sample))

    def sample_from_edges(
        self, index: EdgeSamplerInput, neg_sampling: NegativeSampling | None = None
    ) -> SamplerOutput | HeteroSamplerOutput:
        """Draws the neighbourhoods of both ends of edges, and of negatives.

        Args:
            index: The edges.
            neg_sampling: Which pairs of nodes to add, as PyG draws them: some may be
                edges.

        Raises:
            ValueError: An end is no node, or has no time where times are respected.
        """
        require(
            index.time is None or self.disjoint,
            CALLER,
            "times of edges need a sampler that respects them; set time_attr",
            {"edge_label_time": index.time},
        )
        graph = self.graph
        require(
            neg_sampling is None or not graph.node_time or index.time is not None,
            CALLER,
            "negatives that respect times need the time of each pair: "
            "give edge_label_time",
            {"edge_label_time": index.time},
        )
        num_nodes: Any = dict(zip(graph.node_types, graph.num_nodes, strict=True))
        node_time: Any = graph.node_time or None
        if not self.is_hetero:
            num_nodes, node_time = graph.num_nodes[0], graph.node_time.get(None)
        num_pairs = len(index.row)
        if neg_sampling is not None and neg_sampling.is_binary():
            num_pairs += math.ceil(num_pairs * neg_sampling.amount)

        def draw(seed: Seeds, seed_time: Seeds | None) -> Any:
            return _by_pair(self._sample(seed, seed_time), num_pairs)

        out = edge_sample(
            *(index, draw, num_nodes, self.disjoint, node_time, neg_sampling)
        )
        return self._as_asked(out)

    def _as_asked(self, out: Any) -> SamplerOutput | HeteroSamplerOutput:
        if self.subgraph_type == SubgraphType.bidirectional:
            return out.to_bidirectional()
        return out

    def _sample(
        self, seed: Seeds, seed_time: Seeds | None = None
    ) -> SamplerOutput | HeteroSamplerOutput:
        drawn = sample(
            self.graph.relations,
            self.graph.num_nodes,
            starts_of(self.graph, seed, seed_time),
            Rules(
                self._counts,
                self.replace,
                self.disjoint,
                self.subgraph_type == SubgraphType.induced,
                self.temporal_strategy == "last",
            ),
            int(torch.randint(_LARGEST_SEED, ())),
        )
        fields = self._fields(drawn)
        if self.is_hetero:
            return HeteroSamplerOutput(**fields)
        return SamplerOutput(**{name: value[None] for name, value in fields.items()})

    def _fields(self, drawn: Sample) -> dict[str, Any]:
        graph = self.graph
        row, col = drawn.row, drawn.col
        if self.sample_direction == "backward":
            row, col = col, row
        of_nodes: dict[str, Any] = {"node": drawn.node}
        of_edges: dict[str, Any] = {"row": row, "col": col, "edge": drawn.edge}
        if self.disjoint:
            of_nodes["batch"] = drawn.batch
        if self.subgraph_type != SubgraphType.induced:
            of_nodes["num_sampled_nodes"] = drawn.nodes_per_hop
            of_edges["num_sampled_edges"] = drawn.edges_per_hop
        return {
            name: dict(zip(types, values, strict=True))
            for types, group in (
                (graph.node_types, of_nodes),
                (graph.edge_types, of_edges),
            )
            for name, values in group.items()
        }


def _by_pair(out: Any, num_pairs: int) -> Any:
    """Gives both ends of a pair of seeds the same place in `batch`."""
    if isinstance(out.batch, dict):
        out.batch = {name: batch % num_pairs for name, batch in out.batch.items()}
    elif out.batch is not None:
        out.batch = out.batch % num_pairs
    return out


def _share(graph: Graph) -> None:
    for relation in graph.relations:
        for tensor in vars(relation).values():
            if isinstance(tensor, Tensor):
                tensor.share_memory_()

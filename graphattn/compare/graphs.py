"""Many graphs as a few long tensors, and the quick way to a batch of some of them."""

from dataclasses import dataclass, replace

import torch
from jaxtyping import Int, Shaped
from torch import Tensor

from graphattn.adjacency import Adjacency
from graphattn.models import GraphBatch


@dataclass(frozen=True, eq=False)
class Pairs:
    """Pairs of nodes, sorted by graph: edges, or who attends to whom.

    Attributes:
        index: Source and target; nodes count through all graphs.
        ptr: Where the pairs of each graph begin, and the end.
        attr: Features of the pairs.
    """

    index: Int[Tensor, "2 num_pairs"]
    ptr: Int[Tensor, " num_graphs_plus_1"]
    attr: Shaped[Tensor, "num_pairs columns"] | None = None

    @classmethod
    def by_graph(
        cls, index: Tensor, graph_of_node: Tensor, num_graphs: int, attr: Tensor | None
    ) -> "Pairs":
        """Sorts pairs by graph, and keeps their order within each.

        Args:
            index: Source and target.
            graph_of_node: The graph of each node.
            num_graphs: How many graphs there are.
            attr: Features of the pairs.
        """
        graph = graph_of_node[index[1]]
        order = graph.argsort(stable=True)
        ptr = pointers(torch.bincount(graph, minlength=num_graphs))
        return cls(index[:, order], ptr, None if attr is None else attr[order])

    def to(self, device: str) -> "Pairs":
        """Returns the pairs on `device`."""
        attr = None if self.attr is None else self.attr.to(device)
        return Pairs(self.index.to(device), self.ptr.to(device), attr)


@dataclass(frozen=True, eq=False)
class Graphs:
    """All graphs of a data set, one after the other.

    Attributes:
        x: Features of the nodes.
        ptr: Where the nodes of each graph begin, and the end.
        edges: The edges with their features.
        y: One row per graph, or per node.
        of_nodes: Whether every node of a chosen graph is predicted, and `y` has a row
            per node, -1 where its class is unknown.
    """

    x: Shaped[Tensor, "num_nodes columns"]
    ptr: Int[Tensor, " num_graphs_plus_1"]
    edges: Pairs
    y: Shaped[Tensor, "num_items ..."]
    of_nodes: bool = False

    @property
    def sizes(self) -> Int[Tensor, " num_graphs"]:
        """How many nodes each graph has."""
        return self.ptr.diff()

    @property
    def num_graphs(self) -> int:
        """How many graphs there are."""
        return len(self.ptr) - 1

    @property
    def batch(self) -> Int[Tensor, " num_nodes"]:
        """The graph of each node."""
        return _number(self.sizes)

    def to(self, device: str) -> "Graphs":
        """Returns the graphs on `device`."""
        return replace(
            self,
            x=self.x.to(device),
            ptr=self.ptr.to(device),
            edges=self.edges.to(device),
            y=self.y.to(device),
        )


def collate(
    graphs: Graphs, pairs: Pairs | None, chosen: Int[Tensor, " num_chosen"]
) -> GraphBatch:
    """Returns the batch of the chosen graphs, with a target for each, or each node.

    Nothing is concatenated graph by graph: rows are picked from the long tensors, and
    node numbers shifted.

    Args:
        graphs: All graphs.
        pairs: Who attends to whom in them; None is full attention within each.
        chosen: Positions of the graphs.
    """
    sizes = graphs.sizes[chosen]
    nodes = ranges(graphs.ptr[chosen], sizes)
    shift = pointers(sizes)[:-1] - graphs.ptr[chosen]
    edge_index, edges = _pick(graphs.edges, chosen, shift)
    attend = None
    if pairs is not None:
        index, _ = _pick(pairs, chosen, shift)
        attend = Adjacency.from_edge_index(index, len(nodes))
    attr = graphs.edges.attr
    y, rows = graphs.y[nodes if graphs.of_nodes else chosen], None
    if graphs.of_nodes:
        rows = (y >= 0).nonzero().view(-1)
        y = y[rows]
    return GraphBatch(
        x=graphs.x[nodes],
        edge_index=edge_index,
        edge_attr=None if attr is None else attr[edges],
        batch=_number(sizes),
        num_graphs=len(chosen),
        attend=attend,
        y=y,
        rows=rows,
    )


def pointers(counts: Int[Tensor, " groups"]) -> Int[Tensor, " groups_plus_1"]:
    """Returns where each group begins, and the end."""
    return torch.cat([counts.new_zeros(1), counts.cumsum(0)])


def ranges(
    starts: Int[Tensor, " groups"], counts: Int[Tensor, " groups"]
) -> Int[Tensor, " total"]:
    """Returns the positions ``start .. start + count - 1`` of each group in a row."""
    shift = (starts - pointers(counts)[:-1]).repeat_interleave(counts)
    return torch.arange(len(shift), device=shift.device) + shift


def _number(counts: Tensor) -> Tensor:
    return torch.arange(len(counts), device=counts.device).repeat_interleave(counts)


def _pick(pairs: Pairs, chosen: Tensor, shift: Tensor) -> tuple[Tensor, Tensor]:
    counts = pairs.ptr.diff()[chosen]
    picked = ranges(pairs.ptr[chosen], counts)
    return pairs.index[:, picked] + shift.repeat_interleave(counts), picked

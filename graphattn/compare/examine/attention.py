"""Learned attention on one graph, as matrices."""

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from torch import Tensor

from graphattn.adjacency import Adjacency
from graphattn.compare.graphs import Pairs
from graphattn.compare.run import scoring_batches
from graphattn.compare.task import Task
from graphattn.models import GraphBatch, Predictor


@dataclass(frozen=True, eq=False)
class Attention:
    """How much some nodes of a graph attend to each of its nodes.

    Attributes:
        rows: The nodes that attend.
        weights: How much each of them attends to each node; 0 where it may not.
        allowed: To whom each of them may attend.
        edge_index: The edges of the graph.
    """

    rows: Int[Tensor, " rows"]
    weights: Float[Tensor, "layers heads rows nodes"]
    allowed: Bool[Tensor, "rows nodes"]
    edge_index: Int[Tensor, "2 num_edges"]

    @property
    def num_nodes(self) -> int:
        """How many nodes the graph has."""
        return self.weights.shape[-1]

    @property
    def by_chance(self) -> Float[Tensor, "rows nodes"]:
        """The weights that show no preference: the same to all that are allowed."""
        allowed = self.allowed.float()
        return allowed / allowed.sum(1, keepdim=True).clamp(min=1)

    @property
    def on_edges(self) -> Bool[Tensor, "rows nodes"]:
        """Which pairs are edges; the node itself is none, unless the graph has it."""
        size = self.num_nodes
        place = torch.full((size,), -1)
        place[self.rows] = torch.arange(len(self.rows))
        source, target = self.edge_index
        inside = place[target] >= 0
        found = torch.zeros(len(self.rows), size, dtype=torch.bool)
        found[place[target[inside]], source[inside]] = True
        return found

    @property
    def hops(self) -> Int[Tensor, "rows nodes"]:
        """Edges on the shortest path from each row; -1 where there is none."""
        source, target = self.edge_index.numpy()
        size = self.num_nodes
        # Towards the source of an edge: that is whom attention looks at.
        ties = csr_array((np.ones(len(source)), (target, source)), shape=(size, size))
        far = dijkstra(ties, unweighted=True, indices=self.rows.numpy())
        return torch.from_numpy(np.where(np.isinf(far), -1, far).astype(np.int64))


def one_graph(task: Task, pairs: Pairs | None, graph: int) -> GraphBatch:
    """Returns the batch that holds one graph.

    Args:
        task: The data set.
        pairs: Who attends to whom; None is full attention.
        graph: Position of the graph; a network is number 0.
    """
    items = torch.tensor([graph])
    if task.level == "node":
        items = torch.arange(len(task.graphs.x))
    return scoring_batches(task, pairs, items)[0]


@torch.no_grad()
def attention_on(
    model: Predictor,
    task: Task,
    pairs: Pairs | None,
    graph: int = 0,
    rows: Int[Tensor, " rows"] | None = None,
) -> Attention:
    """Returns the learned attention on one graph.

    Args:
        model: Trained on `task`, in evaluation mode.
        task: The data set.
        pairs: Who attends to whom; None is full attention, whose weights are computed
            for `rows` alone: no matrix of all pairs of a large network is ever made.
        graph: Position of the graph.
        rows: The nodes whose attention is wanted; None is all.
    """
    batch = one_graph(task, pairs, graph)
    size = len(batch.x)
    wanted = torch.arange(size) if rows is None else rows
    seen = _into(batch.attend, wanted, size)
    weights = model.encoder.attention_weights(batch, seen).transpose(1, 2)
    place = torch.zeros(size, dtype=torch.long)
    place[wanted] = torch.arange(len(wanted))
    sources, targets = seen.edge_index
    cell, shape = place[targets] * size + sources, (len(wanted), size)
    flat = weights.new_zeros(*weights.shape[:2], len(wanted) * size)
    flat.index_add_(2, cell, weights)  # duplicates add up
    allowed = torch.zeros(len(wanted) * size, dtype=torch.bool)
    allowed[cell] = True
    return Attention(
        wanted, flat.unflatten(2, shape), allowed.view(shape), batch.edge_index
    )


def _into(attend: Adjacency | None, rows: Tensor, size: int) -> Adjacency:
    if attend is None:
        pairs = torch.cartesian_prod(torch.arange(size), rows).T
        return Adjacency.from_edge_index(pairs, size)
    wanted = torch.zeros(size, dtype=torch.bool)
    wanted[rows] = True
    pairs = attend.edge_index
    return Adjacency.from_edge_index(pairs[:, wanted[pairs[1]]], size)

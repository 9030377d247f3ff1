"""How many edges lead to each node, and from it."""

import torch
from jaxtyping import Int
from torch import Tensor

from graphattn.adjacency import Adjacency
from graphattn.patterns.graphs import square


def in_out_degrees(
    edge_index: Tensor | Adjacency, num_nodes: int
) -> Int[Tensor, "num_nodes 2"]:
    """Returns the numbers of edges to each node and from it, int64.

    Duplicate edges and self-loops count.

    Args:
        edge_index: The graph.
        num_nodes: Number of its nodes.

    Raises:
        ValueError: `edge_index` names no node, or its sources are other nodes than its
            targets.

    Source:
        Ying et al. 2021, https://arxiv.org/abs/2106.05234 (centrality).
    """
    graph = square(edge_index, num_nodes, "structure.in_out_degrees")
    return torch.stack([graph.degree, graph.colptr.diff()], dim=1).long()

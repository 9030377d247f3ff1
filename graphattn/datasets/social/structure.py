"""What a network says of a node by itself: features from ties, and communities."""

from collections.abc import Callable
from typing import Any

import numpy as np
from jaxtyping import Int
from torch import Tensor

from graphattn.datasets.extras import need


def structural(
    num_nodes: int, ties: Int[Tensor, "2 num_ties"]
) -> dict[str, list[float]]:
    """Returns four measures of each node, each in about linear time.

    Its degree, the mean degree of its neighbours, the share of its neighbours' pairs
    that are tied, and the largest k such that it is in a k-core. Direction, multiple
    ties and self-loops are disregarded.

    Args:
        num_nodes: How many there are.
        ties: Positions of both ends; one direction is enough.
    """
    nx = need("networkx", "social")
    graph = nx.empty_graph(num_nodes)
    graph.add_edges_from((i, j) for i, j in ties.t().tolist() if i != j)
    measures: dict[str, Callable[[Any], Any]] = {
        "degree": nx.degree,
        "mean degree of neighbours": nx.average_neighbor_degree,
        "clustering": nx.clustering,
        "core number": nx.core_number,
    }
    found = {name: dict(measure(graph)) for name, measure in measures.items()}
    return {name: [float(of[n]) for n in graph] for name, of in found.items()}


def degrees(num_nodes: int, ties: Int[Tensor, "2 num_ties"]) -> dict[str, np.ndarray]:
    """Returns two measures of each node, at millions of ties a second.

    Its degree, and the mean degree of its neighbours, each to the logarithm of 1 more:
    degrees of large networks spread over orders of magnitude. Direction is
    disregarded; multiple ties count as often as they are there.

    Args:
        num_nodes: How many there are.
        ties: Positions of both ends; one direction is enough.
    """
    degree, around = np.zeros((2, num_nodes))
    for end in ties.numpy():
        degree += np.bincount(end, minlength=num_nodes)
    for here, there in (0, 1), (1, 0):
        of_neighbours = degree[ties[there].numpy()]
        around += np.bincount(
            ties[here].numpy(), weights=of_neighbours, minlength=num_nodes
        )
    return {
        "log degree": np.log1p(degree),
        "log mean degree of neighbours": np.log1p(around / np.maximum(degree, 1)),
    }


def communities(graph: Any) -> dict[Any, int]:
    """Returns the greedy modularity community of each node.

    Communities are numbered by size, the largest first, and do not depend on Python's
    random hashing.

    Args:
        graph: A NetworkX graph; the edge attribute ``weight`` counts where it is set.

    Source:
        Clauset, Newman, Moore 2004, https://doi.org/10.1103/PhysRevE.70.066111.
    """
    nx = need("networkx", "social")
    nodes = list(graph)
    numbered = nx.convert_node_labels_to_integers(graph)
    found = nx.community.greedy_modularity_communities(numbered, weight="weight")
    ordered = sorted(found, key=lambda group: (-len(group), min(group)))
    return {nodes[i]: label for label, group in enumerate(ordered) for i in group}


def projected_communities(graph: Any) -> dict[Any, int]:
    """Returns the communities of one side of a bipartite network, by what they share.

    The nodes with ``bipartite`` 0 are tied to each other, the weight of a tie being
    the number of neighbours that both have; `communities` does the rest.

    Args:
        graph: A NetworkX graph whose nodes have the attribute ``bipartite``.
    """
    nx = need("networkx", "social")
    # In the graph's order: the projection itself goes through a set of names.
    top = [node for node, side in graph.nodes(data="bipartite") if side == 0]
    projected = nx.empty_graph(top)
    projection = nx.bipartite.weighted_projected_graph(graph, top)
    position = {node: index for index, node in enumerate(top)}
    ties = [sorted((i, j), key=position.__getitem__) for i, j in projection.edges]
    ties.sort(key=lambda tie: (position[tie[0]], position[tie[1]]))
    projected.add_weighted_edges_from(
        (i, j, projection[i][j]["weight"]) for i, j in ties
    )
    return communities(projected)

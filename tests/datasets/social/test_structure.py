import networkx as nx
import torch

from graphattn.datasets.social.structure import (
    communities,
    projected_communities,
    structural,
)


def test_structure_disregards_direction_multiplicity_and_self_loops():
    # A triangle with a tail, and a node alone.
    ties = torch.tensor([[0, 1, 2, 2, 1, 0, 3], [1, 2, 0, 3, 0, 0, 2]])
    found = structural(5, ties)
    assert found["degree"] == [2, 2, 3, 1, 0]
    assert found["mean degree of neighbours"] == [2.5, 2.5, 5 / 3, 3, 0]
    assert found["clustering"] == [1, 1, 1 / 3, 0, 0]
    assert found["core number"] == [2, 2, 2, 1, 0]


def test_communities_are_numbered_by_size():
    graph = nx.disjoint_union(nx.complete_graph(3), nx.complete_graph(5))
    found = communities(graph)
    assert [found[node] for node in graph] == [1, 1, 1, 0, 0, 0, 0, 0]


def test_projected_communities_are_those_of_one_side():
    graph = nx.Graph()
    graph.add_nodes_from("abcde", bipartite=0)
    graph.add_nodes_from([1, 2, 3], bipartite=1)
    graph.add_edges_from([("a", 1), ("b", 1), ("c", 1), ("d", 2), ("e", 2), ("d", 3)])
    graph.add_edges_from([("e", 3)])
    assert projected_communities(graph) == {"a": 0, "b": 0, "c": 0, "d": 1, "e": 1}

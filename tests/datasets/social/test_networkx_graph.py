import math

import networkx as nx
import pytest
import torch

from graphattn.datasets import DataError, from_networkx


def friends():
    graph = nx.Graph(name="friends")
    graph.add_node("ann", age=31, city="Bonn", party="red")
    graph.add_node("bob", age=29, city="Ulm", party="blue")
    graph.add_node("cid", city="Bonn")
    graph.add_node("dot", age=40, party="red")
    graph.add_edges_from([("cid", "ann"), ("ann", "bob"), ("bob", "bob")])
    return graph


def test_attributes_become_features_and_one_the_label():
    data = from_networkx(friends(), label="party")
    assert data.feature_names == ["age", "age is missing", "city=Bonn", "city=Ulm"]
    assert data.x.shape == (4, 4)
    assert data.class_names == ["blue", "red"]
    assert data.y.tolist() == [1, 0, -1, 1]
    assert data.node_names == ["ann", "bob", "cid", "dot"]
    assert data.name == "friends"
    assert data.report == {
        "ties_without_weight": 0,
        "ties": 3,
        "merged_ties": 0,
        "reciprocal_ties": 0,
        "missing": {"age": 1, "city": 1},
        "ignored": {},
        "isolated": ["dot"],
        "self_loops": 1,
        "unlabelled": ["cid"],
    }


def test_an_undirected_tie_is_two_edges_and_a_self_loop_one():
    data = from_networkx(friends())
    assert data.edge_index.tolist() == [[0, 0, 1, 1, 2], [1, 2, 0, 1, 0]]


def test_a_directed_multigraph_keeps_direction_and_multiplicity():
    graph = nx.MultiDiGraph([(2, 5), (2, 5), (5, 2), (5, 7)])
    data = from_networkx(graph)
    assert data.edge_index.tolist() == [[0, 0, 1, 1], [1, 1, 0, 2]]
    assert "y" not in data


def test_weights_follow_their_ties():
    graph = nx.Graph()
    graph.add_weighted_edges_from([("b", "a", 2.5), ("b", "c", 0.5)])
    graph.add_edge("a", "c")
    data = from_networkx(graph)
    assert data.node_names == ["b", "a", "c"]
    weights = dict(
        zip(
            map(tuple, data.edge_index.t().tolist()),
            data.edge_weight.tolist(),
            strict=True,
        )
    )
    assert weights == {
        (0, 1): 2.5,
        (1, 0): 2.5,
        (0, 2): 0.5,
        (2, 0): 0.5,
        (1, 2): 1.0,
        (2, 1): 1.0,
    }
    assert data.report["ties_without_weight"] == 1


def test_without_attributes_each_node_is_its_own_feature():
    data = from_networkx(nx.path_graph(5))
    assert torch.equal(data.x, torch.eye(5))
    assert data.feature_names == ["0", "1", "2", "3", "4"]


def test_a_large_network_without_attributes_gets_its_structure():
    data = from_networkx(nx.path_graph(5003))
    assert data.num_features == 4


def test_kinds_of_features_can_be_combined():
    data = from_networkx(
        friends(), features=["structure", "attributes"], attributes=["age"]
    )
    assert data.feature_names == [
        "degree",
        "mean degree of neighbours",
        "clustering",
        "core number",
        "age",
        "age is missing",
    ]


def message(graph, **options):
    with pytest.raises(DataError) as error:
        from_networkx(graph, **options)
    return str(error.value)


def test_an_unknown_attribute_gives_the_nearest_one():
    assert message(friends(), label="Party") == (
        "datasets.from_networkx: no node has this attribute. Got:\n"
        "  label = 'Party'\n"
        "  nearest = ['party']\n"
        "  known = ['age', 'city', 'party']"
    )
    assert "attributes = 'height'" in message(friends(), attributes=["height"])


@pytest.mark.parametrize("weight", [math.nan, math.inf, "strong"])
def test_a_weight_that_is_no_number_names_its_tie(weight):
    graph = nx.Graph()
    graph.add_edge("a", "b", weight=weight)
    assert message(graph) == (
        "datasets.from_networkx: the weight of a tie must be a finite number; name "
        "another weight=. Got:\n"
        "  tie = ('a', 'b')\n"
        f"  weight = {weight!r}"
    )


def test_an_empty_graph_is_refused():
    assert "the graph has no nodes" in message(nx.Graph())


def test_labels_of_mixed_types_are_sorted_as_texts():
    graph = nx.path_graph(3)
    nx.set_node_attributes(graph, {0: "x", 1: 7, 2: "x"}, "group")
    assert from_networkx(graph, label="group").class_names == ["7", "x"]

import networkx as nx
import numpy as np
import pytest
import scipy.sparse

from graphattn.datasets import DataError, load

LABELS = "id,age,party\n2,31,red\n0,29,blue\n1,40,red\n9,50,blue\n"


@pytest.fixture
def graphs(tmp_path):
    graph = nx.path_graph(4)
    nx.write_adjlist(graph, tmp_path / "a.adjlist")
    matrix = scipy.sparse.csr_matrix(nx.to_numpy_array(graph))
    scipy.sparse.save_npz(tmp_path / "a.npz", matrix)
    (tmp_path / "who.csv").write_text(LABELS)
    return tmp_path


@pytest.mark.parametrize("name", ["a.adjlist", "a.npz"])
def test_a_file_of_labels_describes_the_nodes_of_any_network(graphs, name):
    data = load(graphs / name, labels="who.csv", label="party")
    assert data.class_names == ["blue", "red"]
    assert data.y.tolist() == [0, 1, 1, -1]
    assert data.feature_names == ["age", "age is missing"]
    assert data.report["unlabelled"] == ["3"]
    assert data.report["labels_of_no_node"] == 1


def test_labels_of_another_network_are_refused(graphs):
    (graphs / "who.csv").write_text("id,label\nann,red\n")
    with pytest.raises(DataError, match=r"no id in the file of labels.*\n.*who"):
        load(graphs / "a.npz", labels="who.csv")


def test_the_label_is_the_only_column_of_few_texts(graphs, write):
    ties = write("ties.csv", "0,1\n1,2\n")
    path = write(
        "people.csv", "id,age,name,party\n0,3,a,x\n1,4,b,y\n2,3,c,x\n9,9,d,y\n"
    )
    data = load(ties, labels=path)
    assert data.class_names == ["x", "y"]
    assert data.report["missing"] == {}


def test_the_ids_are_in_the_column_that_has_those_of_the_ties(write):
    ties = write("ties.csv", "0,1\n1,2\n")
    path = write("people.csv", "id,days,new_id,label\n77,1,2,x\n78,1,1,y\n79,0,0,z\n")
    data = load(ties, labels=path)
    assert data.node_names == ["2", "1", "0"]
    assert load(ties, labels=path, node_id="id", dangling="keep").num_nodes == 6


@pytest.mark.parametrize(
    ("attributes", "classes"),
    [
        ({"club": ["a", "b", "a", "b"]}, ["a", "b"]),
        ({"club": ["a", "b", "a", "b"], "class": [1, 2, 2, 1]}, ["1", "2"]),
        ({"label": ["w", "x", "y", "z"], "club": list("abab")}, ["a", "b"]),
        ({"club": list("abab"), "town": list("bbaa")}, None),
        ({"age": [1, 2, 1, 2]}, None),
    ],
)
def test_a_graph_file_has_the_label_that_its_attributes_show(
    tmp_path, attributes, classes
):
    graph = nx.path_graph(4)
    for key, values in attributes.items():
        nx.set_node_attributes(graph, dict(enumerate(values)), key)
    nx.write_graphml(graph, tmp_path / "a.graphml")
    data = load(tmp_path / "a.graphml")
    assert data.get("class_names") == classes
    assert np.isfinite(data.x.numpy()).all()

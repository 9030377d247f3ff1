from contextlib import suppress
from pathlib import Path

import networkx as nx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graphattn.datasets import DataError, load


def friends() -> nx.Graph:
    graph = nx.Graph()
    graph.add_node("ann", age=31, party="red")
    graph.add_node("bob", age=29, party="blue")
    graph.add_node("cid", age=40, party="red")
    graph.add_edge("ann", "bob", weight=2.0, since=1999)
    graph.add_edge("bob", "cid", weight=0.5, since=2003)
    return graph


WRITERS = {
    "friends.graphml": nx.write_graphml,
    "friends.gexf": nx.write_gexf,
    "friends.gml": nx.write_gml,
    "friends.net": nx.write_pajek,
    "friends.adjlist": nx.write_adjlist,
}


def written(name: str, folder: Path) -> Path:
    graph = friends()
    if name.endswith(".net"):  # Pajek holds texts only
        for _, attributes in graph.nodes(data=True):
            attributes["age"] = str(attributes["age"])
        for *_, attributes in graph.edges(data=True):
            attributes["since"] = str(attributes["since"])
    WRITERS[name](graph, folder / name)
    return folder / name


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", WRITERS)
def test_graphs_come_in_many_forms(tmp_path, name):
    data = load(written(name, tmp_path))
    assert data.node_names == ["ann", "bob", "cid"]
    assert data.edge_index.tolist() == [[0, 1, 1, 2], [1, 0, 2, 1]]
    assert data.name == "friends"
    if not name.endswith("adjlist"):
        assert data.edge_weight.tolist() == [2, 2, 0.5, 0.5]


@pytest.mark.parametrize("name", ["friends.graphml", "friends.gexf", "friends.gml"])
def test_attributes_of_nodes_and_ties_are_kept(tmp_path, name):
    data = load(written(name, tmp_path), label="party", edge_attributes=["since"])
    assert data.class_names == ["blue", "red"]
    assert data.y.tolist() == [1, 0, 1]
    assert "age" in data.feature_names
    decoded = data.edge_columns.decode(data.edge_attr)
    assert decoded["since"] == pytest.approx([1999, 1999, 2003, 2003])


def test_direction_can_be_changed(tmp_path):
    path = tmp_path / "few.graphml"
    nx.write_graphml(nx.DiGraph([("a", "b"), ("b", "a"), ("b", "c")]), path)
    assert load(path).num_edges == 3
    assert load(path, directed=False, duplicates="merge").num_edges == 4
    assert load(path, directed=False).num_edges == 6


@pytest.mark.parametrize("name", WRITERS)
def test_what_is_no_graph_is_refused(write, name):
    with pytest.raises(DataError, match=f"file = '{name}'"):
        load(write(name, "<graph"), label="party")


def test_entities_are_not_expanded(write):
    path = write("bomb.graphml", '<!DOCTYPE x [<!ENTITY a "ha">]><graphml/>')
    with pytest.raises(DataError, match="a document type"):
        load(path)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.sampled_from(sorted(WRITERS)),
    st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 9), st.binary(max_size=3))),
)
@pytest.mark.filterwarnings("ignore")
def test_only_its_own_error_comes_out_of_mutated_files(tmp_path, name, edits):
    path = written(name, tmp_path)
    content = path.read_bytes()
    for at, cut, new in edits:
        at %= len(content) + 1
        content = content[:at] + new + content[at + cut :]
    path.write_bytes(content)
    with suppress(DataError):
        load(path)

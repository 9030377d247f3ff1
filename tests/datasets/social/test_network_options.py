import json

import polars as pl
import pytest
import torch

from graphattn.datasets import DataError, load
from graphattn.datasets.social.ties import Rules

TIES = "source,target,weight,when,kind\na,b,1,10,x\nb,a,2,20,y\nb,c,3,30,x\nc,c,4,40,\n"


def message(path, **options):
    with pytest.raises(DataError) as error:
        load(path, **options)
    return str(error.value)


def test_what_is_unusual_is_counted(write):
    data = load(write("ties.csv", "# by hand\n" + TIES))
    counts = ("ties", "comments", "merged_ties", "reciprocal_ties", "self_loops")
    assert [data.report[key] for key in counts] == [4, 1, 1, 1, 1]
    assert data.report["ignored_columns"] == ["when", "kind"]
    directed = load(write("ties.csv", TIES), directed=True)
    assert [directed.report[key] for key in counts] == [4, 0, 0, 1, 1]


def test_self_loops_are_kept_dropped_or_refused(write):
    path = write("ties.csv", TIES)
    assert [2, 2] in load(path).edge_index.t().tolist()
    assert [2, 2] not in load(path, self_loops="drop").edge_index.t().tolist()
    assert message(path, self_loops="raise") == (
        "datasets.load: a tie leads from a node to itself; remove it, or pass "
        'self_loops="drop" or "keep". Got:\n'
        "  file = 'ties.csv'\n"
        "  row = 4\n"
        "  line = 5\n"
        "  id = 'c'"
    )


def test_duplicates_can_be_refused(write):
    path = write("ties.csv", TIES)
    assert message(path, duplicates="raise") == (
        "datasets.load: a tie is there twice, on row 1 too; remove one of them, or "
        'pass duplicates="merge" or "keep". Got:\n'
        "  file = 'ties.csv'\n"
        "  row = 2\n"
        "  line = 3\n"
        "  tie = ('b', 'a')"
    )
    assert load(path, duplicates="raise", directed=True).num_edges == 4


def test_isolated_and_unlabelled_nodes_are_dropped_or_refused(write):
    labels = write("labels.csv", "id,label\na,x\nb,\nc,y\nd,x\ne,y\n")
    path = write("ties.csv", "a,b\nb,c\nd,a\n")
    data = load(path, labels=labels, unlabelled="drop", isolated="drop")
    assert data.node_names == ["a", "d"]
    assert data.edge_index.tolist() == [[0, 1], [1, 0]]
    assert data.x.shape[0] == len(data.y) == 2
    assert data.report["dropped_unlabelled"] == 1
    assert data.report["dropped_isolated"] == 2
    assert data.report["isolated"] == []
    assert "a node has no label" in message(path, labels=labels, unlabelled="raise")
    assert "a node has no tie" in message(path, labels=labels, isolated="raise")
    with pytest.raises(DataError, match="isolated must be one of"):
        Rules(isolated="forget").verify("load")


def test_a_dangling_tie_can_be_dropped(write):
    labels = write("labels.csv", "id,label\na,x\nb,y\n")
    path = write("ties.csv", "a,b\nb,c\nd,a\n")
    data = load(path, labels=labels, dangling="drop")
    assert data.num_nodes == 2
    assert data.num_edges == 2
    assert data.report["dropped_dangling_ties"] == 2
    kept = load(path, labels=labels, dangling="keep")
    assert kept.node_names == ["a", "b", "c", "d"]
    assert kept.report["nodes_in_no_table"] == 2


def test_integer_ids_match_those_of_a_table_as_they_are_written(write):
    path = write("ties.csv", "1,2\n2,30\n")
    data = load(path, labels=write("labels.csv", "30,x\n1,y\n2,x\n"))
    assert data.node_names == ["30", "1", "2"]
    assert data.edge_index.tolist() == [[0, 1, 2, 2], [2, 2, 0, 1]]
    late = write("labels.csv", "id,label\n030,x\n1,y\n2,x\n")
    assert "id = '30'" in message(path, labels=late)
    kept = load(path, labels=late, dangling="keep")
    assert kept.node_names == ["030", "1", "2", "30"]


def test_times_are_kept_and_tell_ties_apart(write):
    data = load(write("ties.csv", TIES), time="when", directed=True)
    assert data.edge_time.tolist() == [10, 20, 30, 40]
    twice = write("t.csv", "a,b,2004-05-31\na,b,2004-06-01T12:00:00\n")
    data = load(twice, time="3", directed=True)
    assert data.edge_time.tolist() == [1085961600, 1086091200]
    merged = load(twice, time="3", directed=True, duplicates="merge")
    assert merged.edge_time.tolist() == [1085961600]
    bad = write("t.csv", "source,target,at\na,b,1\na,c,noon\n")
    assert message(bad, time="at").endswith(
        "  row = 2\n  line = 3\n  column = 'at'\n  value = 'noon'"
    )


def test_columns_of_ties_become_their_attributes(write):
    path = write("ties.csv", TIES)
    data = load(path, edge_attributes=["when", "kind"], duplicates="keep")
    assert data.edge_attr_names == ["when", "kind=x", "kind=y"]
    assert data.edge_attr.shape == (data.num_edges, 3)
    assert data.report["ties_missing"] == {"kind": 1}
    source, target = data.edge_index
    loop = data.edge_attr[(source == 2) & (target == 2)]
    assert loop[0, 1:].tolist() == [0, 0]
    decoded = data.edge_columns.decode(loop)
    assert decoded["kind"] == [None]
    assert decoded["when"] == pytest.approx([40])
    every = load(path, edge_attributes="all")
    assert every.edge_attr_names == data.edge_attr_names
    assert every.report["merged_ties"] == 1


NODES = [
    {"id": 7, "age": 31, "city": "Bonn", "party": "red"},
    {"id": 8, "age": None, "city": "Ulm", "party": "blue"},
    {"id": 9, "age": 45.5, "city": "Bonn"},
]


@pytest.mark.parametrize("form", ["list", "object", "parquet", "csv"])
def test_tables_of_nodes_come_in_many_forms(write, tmp_path, form):
    if form == "list":
        path = write("nodes.json", json.dumps(NODES))
    elif form == "object":
        by_id = {str(n["id"]): {k: v for k, v in n.items() if k != "id"} for n in NODES}
        path = write("nodes.json", json.dumps(by_id))
    elif form == "parquet":
        path = tmp_path / "nodes.parquet"
        pl.DataFrame(NODES).write_parquet(path)
    else:
        path = tmp_path / "nodes.csv"
        pl.DataFrame(NODES).write_csv(path)
    data = load(write("ties.csv", "7,8\n8,9\n"), nodes=path, label="party")
    assert data.node_names == ["7", "8", "9"]
    assert data.feature_names == ["age", "age is missing", "city=Bonn", "city=Ulm"]
    assert data.y.tolist() == [1, 0, -1]
    assert data.columns.decode(data.x)["city"] == ["Bonn", "Ulm", "Bonn"]


@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [
        ("nodes.json", "[1, 2]", "must be a list of objects"),
        ("nodes.json", "[{]", "the file is no json"),
        ("nodes.json", '{"1": {"a": 1}, "1": {"a": 2}}', "an id is there twice"),
        ("nodes.json", '[{"id": 1, "a": [2]}]', "must hold one number or text"),
        ("nodes.json", "[]", "the file has no row"),
        ("nodes.json", "[" * 99_999, "no json"),
        ("nodes.json", '[{"id": 1}, {"id": 1}]', "on row 1 too"),
        ("nodes.parquet", "no", "the file is no parquet"),
        ("nodes.parquet", "PAR1" + "x" * 30 + "PAR1", "the file is damaged"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused(write, name, content, rule):
    assert rule in message(write("t.csv", "1,2\n"), nodes=write(name, content))


def test_the_column_of_ids_can_be_named(write):
    nodes = write("nodes.csv", "id,new_id,age\n71,0,3\n72,1,4\n")
    data = load(write("t.csv", "0,1\n"), nodes=nodes, node_id="new_id")
    assert data.node_names == ["0", "1"]
    assert data.feature_names == ["id", "age"]


def test_codings_can_be_chosen(write):
    nodes = write("nodes.csv", "id,age,team\n0,30,5\n1,40,6\n2,50,5\n")
    path = write("t.csv", "0,1\n1,2\n")
    codings = {"age": "as given", "team": "one-hot"}
    data = load(path, nodes=nodes, codings=codings)
    assert data.feature_names == ["age", "team=5", "team=6"]
    assert data.x.tolist() == [[30, 1, 0], [40, 0, 1], [50, 1, 0]]


def test_features_of_a_file_are_taken_as_they_are(write):
    path = write("t.csv", "1,2\n2,3\n")
    ids = write("features.json", '{"1": [0, 3], "3": [3, 3, 1], "9": [2]}')
    data = load(path, feature_file=ids)
    assert data.x.tolist() == [[1, 0, 0, 1], [0, 0, 0, 0], [0, 1, 0, 1]]
    assert data.report["nodes_without_features"] == 1
    assert data.report["features_of_no_node"] == 1
    dense = write("dense.json", '{"1": [0.5, 3], "2": [1, 2], "3": [4, 5]}')
    assert load(path, feature_file=dense).x.tolist() == [[0.5, 3], [1, 2], [4, 5]]
    table = write("dense.csv", "id,a,b\n3,4,5\n1,0.5,3\n2,1,2\n")
    data = load(path, feature_file=table)
    assert data.x.tolist() == [[0.5, 3], [1, 2], [4, 5]]
    assert data.feature_names == ["a", "b"]
    both = load(path, feature_file=table, features=["given", "degree"])
    assert both.num_features == 4
    bare = write("dense.txt", "3 4 5\n1 0.5 3\n2 1 2\n")
    assert torch.equal(load(path, feature_file=bare).x, data.x)


@pytest.mark.parametrize(
    ("name", "content", "rule"),
    [
        ("f.json", '{"1": [-1]}', "must be an integer from 0"),
        ("f.json", '{"1": [99999999]}', "must be near each other"),
        ("f.json", '{"1": ["x"]}', "all numbers"),
        ("f.json", '{"1": []}', "no node has a feature"),
        ("f.json", "[]", "an object with a list per node"),
        ("f.json", '{"7": [1]}', "no id in the file of features"),
        ("f.json", '{"1": [0.5], "2": [1, 2]}', "a node has 2 features"),
        ("f.json", '{"1": [0.5, 1e999]}', "must be a finite number"),
        ("f.csv", "1\n2\n", "needs an id and numbers"),
        ("f.csv", "id,a\n1,2\n1,3\n", "an id is there twice"),
        ("f.csv", "id,a\n1,x\n2,3\n", "column = 'a'"),
    ],
)
def test_features_that_cannot_be_used_are_refused(write, name, content, rule):
    path = write("t.csv", "1,2\n2,3\n")
    assert rule in message(path, feature_file=write(name, content))

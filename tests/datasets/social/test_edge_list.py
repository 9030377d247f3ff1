import pytest
import torch

from graphattn.datasets import DataError, load

CHAIN = "ann,bob\nbob,cid\ncid,dot\n"


def message(path, **options):
    with pytest.raises(DataError) as error:
        load(path, **options)
    return str(error.value)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("ties.csv", CHAIN),
        ("ties.csv", "source,target\n" + CHAIN),
        ("ties.tsv", "from\tto\nann\tbob\nbob\tcid\ncid\tdot\n"),
        ("ties.txt", "# by hand\n# from to\nann bob\nbob   cid\ncid dot\n"),
        ("ties.edges", "% by hand\nann bob\nbob cid\ncid dot\n"),
        ("ties.csv", 'when,Source,"Target"\n7,ann,bob\n8,bob,cid\n9,cid,dot\n'),
    ],
)
def test_ties_are_found_in_any_dress(write, name, content):
    data = load(write(name, content))
    assert data.node_names == ["ann", "bob", "cid", "dot"]
    assert data.edge_index.tolist() == [[0, 1, 1, 2, 2, 3], [1, 0, 2, 1, 3, 2]]
    assert data.kind == "social"
    assert data.name == "ties"
    assert "y" not in data


def test_a_tie_can_be_directed(write):
    data = load(write("ties.csv", CHAIN), directed=True)
    assert data.edge_index.tolist() == [[0, 1, 2], [1, 2, 3]]


def test_integer_ids_are_put_in_order_and_need_no_header(write):
    data = load(write("ties.txt", "10\t2\n2\t1\n"))
    assert data.node_names == ["1", "2", "10"]
    assert data.edge_index.tolist() == [[0, 1, 1, 2], [1, 0, 2, 1]]


def test_a_file_of_labels_beside_it(write):
    write("labels.csv", "id,party\ndot,red\ncid,\nbob,blue\nann,red\nzoe,blue\n")
    data = load(write("ties.csv", CHAIN), labels="labels.csv")
    assert data.node_names == ["dot", "cid", "bob", "ann", "zoe"]
    assert data.class_names == ["blue", "red"]
    assert data.y.tolist() == [1, -1, 0, 1, 0]
    assert data.report["isolated"] == ["zoe"]
    assert data.report["unlabelled"] == ["cid"]
    assert torch.equal(data.x, torch.eye(5))


@pytest.mark.parametrize(
    "labels",
    [
        "ann,9\nbob,10\ncid,9\ndot,10\n",
        "who,what\nann,9\nbob,10\ncid,9\ndot,10\n",
        "node\tclass\nann\t9\nbob\t10\ncid\t9\ndot\t10\n",
        "id,age,label\nann,1,9\nbob,2,10\ncid,3,9\ndot,4,10\n",
    ],
)
def test_labels_need_no_header_and_integers_are_put_in_order(write, labels):
    path = write("labels.csv", labels)
    data = load(write("ties.csv", CHAIN), labels=path)
    assert data.class_names == ["9", "10"]
    assert data.y.tolist() == [0, 1, 0, 1]


def test_a_table_of_nodes_brings_features(write):
    path = write(
        "nodes.csv", "id,age,city,party\nann,1,x,r\nbob,,y,b\ncid,3,x,r\ndot,4,,b\n"
    )
    data = load(write("ties.csv", CHAIN), nodes=path, label="party")
    assert data.feature_names == ["age", "age is missing", "city=x", "city=y"]
    assert data.report["missing"] == {"age": 1, "city": 1}
    assert data.y.tolist() == [1, 0, 1, 0]


def test_an_id_that_the_other_file_has_not_is_dangling(write):
    for option in ("labels", "nodes"):
        path = write("who.csv", "id,label\nann,x\nbob,y\nCid,x\n")
        assert message(write("ties.csv", CHAIN), **{option: path}) == (
            "datasets.load: dangling id: the edge list names a node that who.csv does "
            "not; add it there, with an empty cell for what is not known, or pass "
            'dangling="keep". Got:\n'
            "  file = 'ties.csv'\n"
            "  row = 2\n"
            "  line = 2\n"
            "  id = 'cid'\n"
            "  nearest = ['Cid']\n"
            f"  {option} = 'who.csv'"
        )


def test_a_dangling_id_can_be_kept_without_label(write):
    path = write("who.csv", "id,label\nann,x\nbob,y\n")
    data = load(write("ties.csv", CHAIN), labels=path, dangling="keep")
    assert data.node_names == ["ann", "bob", "cid", "dot"]
    assert data.y.tolist() == [0, 1, -1, -1]


def test_rows_of_the_same_tie_are_merged_or_kept(write):
    path = write("ties.csv", "source,target,weight\na,b,1\nb,a,2.5\nb,c,3\na,b,0.5\n")
    data = load(path)
    assert data.edge_index.tolist() == [[0, 1, 1, 2], [1, 0, 2, 1]]
    assert data.edge_weight.tolist() == [4, 4, 3, 3]
    assert data.report["merged_ties"] == 2
    assert load(path, directed=True).edge_weight.tolist() == [1.5, 2.5, 3]
    assert load(path, duplicates="keep").num_edges == 8


def test_other_columns_are_reported(write):
    data = load(write("ties.csv", "source,target,since\na,b,1999\nb,c,2003\n"))
    assert data.report["ignored_columns"] == ["since"]
    assert "edge_weight" not in data
    data = load(write("ties.csv", "a,b,7\nb,c,9\n"), weight="3")
    assert data.edge_weight.tolist() == [7, 7, 9, 9]


def test_a_tie_without_one_end_is_refused(write):
    assert message(write("ties.csv", "source,target\nann,bob\nbob,\n")) == (
        "datasets.load: a tie lacks the id of one end; fill it in, or remove the row. "
        "Got:\n"
        "  file = 'ties.csv'\n"
        "  row = 2\n"
        "  line = 3\n"
        "  column = 'target'\n"
        "  value = ['bob', '']"
    )


def test_a_weight_that_is_not_a_number_is_refused(write):
    assert message(write("ties.csv", "source,target,weight\na,b,1\nb,c,strong\n")) == (
        "datasets.load: the weight of a tie is not a number; correct it, or name "
        "another weight=. Got:\n"
        "  file = 'ties.csv'\n"
        "  row = 2\n"
        "  line = 3\n"
        "  column = 'weight'\n"
        "  value = 'strong'"
    )


def test_a_feature_that_is_nan_is_refused(write):
    path = write("nodes.csv", "id,age\nann,31\nbob,nan\ncid,4\ndot,5\n")
    ties = write("ties.csv", CHAIN)
    assert message(ties, nodes=path) == (
        "datasets.load: a feature must be a finite number; correct it, or empty the "
        'cell: missing values are filled in (nan="missing" does so for NaN). Got:\n'
        "  file = 'nodes.csv'\n"
        "  row = 2\n"
        "  line = 3\n"
        "  column = 'age'\n"
        "  value = nan"
    )
    assert load(ties, nodes=path, nan="missing").report["missing"] == {"age": 1}


def test_columns_that_cannot_be_told_are_refused(write):
    path = write("ties.csv", "a,b,c\n1,2,x\n2,3,y\n")
    labels = write("labels.csv", "1,x\n2,y\n3,x\n")
    assert message(path, labels=labels) == (
        "datasets.load: cannot tell which columns hold the two ends of a tie; name "
        "them with source= and destination=. Got:\n"
        "  file = 'ties.csv'\n"
        "  columns = ['a', 'b', 'c']"
    )
    assert load(path, source="a", destination="b").node_names == ["1", "2", "3"]
    assert "set destination= to one of" in message(path, source="a", destination="d")


def test_one_column_is_no_edge_list(write):
    path = write("ties.csv", "ann\nbob\n")
    assert "an edge list needs two columns of ids" in message(path, directed=True)


def test_an_id_there_twice_is_refused(write):
    path = write("labels.csv", "id,label\nann,x\nbob,y\nann,y\ncid,x\ndot,x\n")
    assert message(write("ties.csv", CHAIN), labels=path) == (
        "datasets.load: an id is there twice, on line 2 too; remove one of them. Got:\n"
        "  file = 'labels.csv'\n"
        "  row = 3\n"
        "  line = 4\n"
        "  id = 'ann'"
    )


def test_labels_that_cannot_be_told_are_refused(write):
    path = write("labels.csv", "id,age,size\nann,1,2\n")
    ties = write("ties.csv", CHAIN)
    assert "name it with label=" in message(ties, labels=path)
    assert "set label= to one of" in message(ties, labels=path, label="weight")
    assert "label names a column of" in message(ties, label="age")
    assert "an id and a label in each row" in message(
        ties, labels=write("l.csv", "ann\n")
    )


def test_labels_and_a_table_of_nodes_go_together(write):
    nodes = write("nodes.csv", "id,age,group\nann,1,x\nbob,2,x\ncid,3,y\ndot,4,y\n")
    labels = write("labels.csv", "ann,r\nbob,b\ncid,r\ndot,b\n")
    data = load(write("ties.csv", CHAIN), nodes=nodes, labels=labels)
    assert data.feature_names == ["age", "group=x", "group=y"]
    assert data.class_names == ["b", "r"]

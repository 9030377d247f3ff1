import pytest
import torch
from torch_geometric.data import Data

from graphattn.compare import prepare
from graphattn.compare.splitting import kinds, split
from graphattn.datasets import ATOM_SIZES, GraphDataset, load


def network(**changes) -> Data:
    fields = {
        "x": torch.eye(5),
        "edge_index": torch.tensor([[0, 1, 2, 3], [1, 0, 3, 2]]),
        "y": torch.tensor([0, 0, 1, 1, 1]),
        "name": "five",
        "kind": "social",
        "task": "classification",
        "node_names": list("abcde"),
        "class_names": ["left", "right"],
    }
    return Data(**{**fields, **changes})


def test_molecules_know_all_categories_and_not_only_those_seen(molecule_task):
    assert molecule_task.nodes.categories == tuple(ATOM_SIZES)
    assert molecule_task.outputs == 1
    assert molecule_task.is_regression
    assert "47 molecules" in molecule_task.about


def test_a_network_predicts_its_nodes(karate_task):
    assert (karate_task.level, karate_task.outputs) == ("node", 2)
    assert "34 nodes" in karate_task.about


def test_features_must_be_finite():
    x = torch.eye(5)
    x[3, 1] = float("nan")
    with pytest.raises(ValueError, match="x must be finite") as caught:
        prepare(network(x=x))
    assert "[[3, 1]]" in str(caught.value)


@pytest.mark.parametrize("bad", [5, -1])
def test_edges_must_name_nodes(bad):
    edge_index = torch.tensor([[0, bad], [1, 2]])
    with pytest.raises(ValueError, match="not there") as caught:
        prepare(network(edge_index=edge_index))
    assert f"[[{bad}, 2]]" in str(caught.value)


def test_a_network_needs_labels():
    with pytest.raises(ValueError, match="--labels"):
        prepare(network(y=None))


def test_sequences_and_images_are_told_where_a_node_stands():
    characters = prepare(load("sodium_channel_smiles")[:3])
    assert characters.graphs.x[: characters.graphs.sizes[0], 1].tolist() == list(
        range(int(characters.graphs.sizes[0]))
    )
    digits = load("digits")[:3]
    x = prepare(digits).graphs.x[:64, digits.num_node_features :]
    assert x.sum(1).tolist() == [2.0] * 64  # its row and its column
    assert len(x.unique(dim=0)) == 64


SEVERAL = "smiles,a,b,part\nCCO,1,,train\nCN,0,1,val\nCC,,0,test\nCCC,1,1,train\n"


@pytest.fixture
def several(tmp_path):
    path = tmp_path / "several.csv"
    path.write_text(SEVERAL)
    return path


def test_several_answers_of_which_some_are_missing_are_labels(several):
    task = prepare(load(several, target=["a", "b"], split="part"))
    assert task.is_labels
    assert task.outputs == 2
    assert task.metrics == ("ROC-AUC", "average precision")
    assert kinds(task) == ("scaffold", "random", "given")
    assert [part.tolist() for part in split(task, "given", 0)] == [[0, 3], [1], [2]]
    assert kinds(prepare(load(several, target=["a", "b"]))) == ("scaffold", "random")


def test_features_that_are_numbers_are_mapped_linearly(several):
    task = prepare(load(several, target=["a", "b"], features="onehot"))
    assert task.nodes.categories == ()
    assert task.nodes.channels == task.graphs.x.shape[1]


def test_molecules_without_target_are_refused(several):
    with pytest.raises(ValueError, match="no target to learn"):
        prepare(load(several, target=[]))


def test_sentences_and_their_words_can_be_compared(tmp_path):
    (tmp_path / "a.tsv").write_text("a good film\t1\nbad\t0\n")
    task = prepare(load(tmp_path / "a.tsv", text=0))
    assert (task.kind, task.outputs, task.smiles) == ("sequence", 2, ())
    line = "1\tbad\tbad\tADJ\tJJ\t_\t0\troot\t_\t_\n"
    (tmp_path / "a.conllu").write_text(line)
    task = prepare(load(tmp_path / "a.conllu"))
    assert task.graphs.of_nodes
    assert task.graphs.y.tolist() == [0]
    assert kinds(task) == ("random",)


def test_translations_are_refused():
    pairs = GraphDataset(
        Data(x=torch.zeros(1, 1), y=torch.zeros(1, 1)),
        {"x": torch.arange(2), "y": torch.arange(2)},
        name="pairs",
        kind="sequence",
        task="translation",
        target_names=["translation"],
    )
    with pytest.raises(ValueError, match="translation needs a decoder"):
        prepare(pairs)


def test_images_and_sequences_keep_what_they_are_drawn_from():
    digits = prepare(load("digits")[:3])
    assert digits.places is not None
    assert digits.places[:9].tolist() == [*([k, 0] for k in range(8)), [0, 1]]
    strings = prepare(load("sodium_channel_smiles")[:3])
    tokens = [strings.vocabulary[k] for k in strings.graphs.x[:4, 0]]
    assert "".join(tokens) == load("sodium_channel").smiles[0][:4]


def test_molecules_in_two_classes_are_judged_by_their_order(tmp_path):
    rows = "smiles,active\nCCO,yes\nCN,no\nCC,no\n"
    (tmp_path / "two.csv").write_text(rows)
    two = prepare(load(tmp_path / "two.csv", task="classification"))
    assert two.metrics == ("ROC-AUC", "average precision", "accuracy", "macro F1")
    (tmp_path / "three.csv").write_text(rows + "CCC,perhaps\n")
    three = prepare(load(tmp_path / "three.csv", task="classification"))
    assert three.metrics == ("accuracy", "macro F1")


def test_networks_keep_accuracy_and_numbers_their_root(karate_task, molecule_task):
    assert karate_task.judged_by(None) == "accuracy"
    assert karate_task.judged_by("roc_auc") == "ROC-AUC"
    assert molecule_task.metrics == ("RMSE", "MAE")
    assert molecule_task.objective(torch.arange(9), "mae").metric == "MAE"


def test_a_metric_that_does_not_suit_is_refused_with_those_that_do(molecule_task):
    with pytest.raises(ValueError, match="does not suit") as caught:
        molecule_task.judged_by("macro-f1")
    for words in ("'macro F1'", "sodium_channel", "'numbers'", "['RMSE', 'MAE']"):
        assert words in str(caught.value)

import pytest

from graphattn.compare import Study


def test_edges_are_the_reference_wherever_they_stand():
    assert Study(attention="full,edges").reference.name == "edges"
    assert Study(attention="full,2-hop").reference.name == "full"


def test_what_is_given_replaces_the_default_of_the_data():
    budget = Study(epochs=7, layers=3, seeds=11).budget("graph")
    assert (budget.epochs, budget.layers, budget.seeds) == (7, 3, 11)
    quick = Study(quick=True, epochs=7).budget("node")
    assert quick.epochs == 7
    assert quick.seeds < Study().budget("node").seeds


def test_a_full_study_has_more_seeds_and_ends_at_the_best_epoch():
    full, usual = Study(full=True), Study()
    for level in ("graph", "node"):
        assert full.budget(level).seeds > usual.budget(level).seeds
        assert full.budget(level).epochs > usual.budget(level).epochs
    assert "validated best" in full.length("graph")
    assert Study(full=True, patience=3).training["patience"] == 3
    with pytest.raises(ValueError, match="one of quick and full"):
        Study(full=True, quick=True)


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ({"channels": 64, "heads": 5}, "hidden must be divisible by heads"),
        ({"score": "cosine"}, "'gatv2'"),
        ({"seeds": 0}, "seeds must be at least 1"),
        ({"epochs": -3}, "epochs must be at least 1"),
        ({"attention": "edgse"}, "'edges'"),
        ({"metric": "auc-pr"}, "'ROC-AUC'"),
    ],
)
def test_terms_are_checked_before_any_data_is_read(terms, words):
    with pytest.raises(ValueError, match="compare: ") as caught:
        Study(**terms)
    assert words in str(caught.value)


def test_seeds_times_splits_and_the_first_runs_see_every_split():
    study = Study(seeds=2, splits=3)
    runs = list(study.runs("graph"))
    assert [study.split_of("graph", run) for run in runs] == [0, 1, 2, 0, 1, 2]
    alone = Study(seeds=4)
    assert [alone.split_of("node", run) for run in alone.runs("node")] == [0, 1, 2, 3]


def test_a_given_split_is_one_however_many_seeds_there_are():
    study = Study(seeds=4, split="given")
    runs = list(study.runs("graph"))
    assert [study.split_of("graph", run) for run in runs] == [0, 0, 0, 0]
    assert Study(splits=1, split="given").num_splits("node") == 1
    with pytest.raises(ValueError, match="the data give one split"):
        Study(splits=3, split="given")


def test_the_length_of_training_is_told_and_given_once():
    assert Study(epochs=7).length("node") == "7 epochs, weights of the last epoch"
    assert Study(epochs=1).length("node") == "1 epoch, weights of the last epoch"
    assert Study(seconds=1).length("node").startswith("1 second, ")
    assert "1,500 steps" in Study(steps=1500).length("node")
    assert "validated best" in Study(patience=3).length("graph")
    with pytest.raises(ValueError, match="one of steps, seconds and pairs"):
        Study(steps=3, pairs=7)
    with pytest.raises(ValueError, match="schedule must be one of"):
        Study(schedule="cosin")

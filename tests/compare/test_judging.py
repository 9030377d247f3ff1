from dataclasses import replace

import pytest
import torch

from graphattn.compare import Study
from graphattn.compare.judging import check_judged


def classes(task, high):
    graphs = replace(task.graphs, y=high.long())
    return replace(task, graphs=graphs, is_regression=False, outputs=2)


def test_a_part_of_one_class_is_refused_before_anything_is_trained(molecule_task):
    rare = classes(molecule_task, torch.arange(47) < 2)
    study = Study(split="random", seeds=3)
    with pytest.raises(ValueError, match="ROC-AUC needs rows of both") as caught:
        check_judged(study, rare)
    assert "take a larger part, another split" in str(caught.value)
    check_judged(replace(study, metric="accuracy"), rare)


def test_every_split_is_looked_at(molecule_task):
    # Two of each class in every part of split 0, as `stratified` deals them out.
    half = classes(molecule_task, torch.arange(47) % 2 == 0)
    check_judged(Study(split="stratified", seeds=3), half)
    some = classes(molecule_task, torch.arange(47) % 3 == 0)
    check_judged(Study(split="random", seeds=1), some)
    with pytest.raises(ValueError, match="needs rows of both"):
        check_judged(Study(split="random", seeds=40), some)


def test_a_metric_that_does_not_suit_is_refused(molecule_task, karate_task):
    with pytest.raises(ValueError, match="metric does not suit the data"):
        check_judged(Study(metric="mae"), karate_task)
    check_judged(Study(metric="mae"), molecule_task)
    check_judged(Study(metric="ROC-AUC"), karate_task)


@pytest.mark.parametrize("terms", [{"patience": 3}, {"full": True}, {"tune": 2}])
def test_nothing_is_chosen_by_a_part_that_is_not_there(molecule_task, terms):
    official = replace(molecule_task, parts=("train",) * 30 + ("test",) * 17)
    check_judged(Study(split="given"), official)
    with pytest.raises(ValueError, match="has no validation part"):
        check_judged(Study(split="given", **terms), official)

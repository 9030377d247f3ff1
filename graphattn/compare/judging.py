"""Whether every run of a study can be judged, known before hours of training."""

from torch import Tensor

from graphattn.compare.graphs import ranges
from graphattn.compare.splitting import split
from graphattn.compare.study import Study
from graphattn.compare.task import Task


def check_judged(study: Study, task: Task) -> None:
    """Splits the data for every run, and scores a constant on what will be scored.

    Args:
        study: The terms.
        task: The data set.

    Raises:
        ValueError: The split or the metric does not suit the data, or a part has no
            score: one class alone has no ROC-AUC.
    """
    numbers = {study.split_of(task.level, run) for run in study.runs(task.level)}
    for number in sorted(numbers):
        train, val, test = split(task, study.split, number)
        objective = task.objective(train, study.metric)
        for part in (val, test):
            y = _targets(task, part)
            prediction = task.graphs.ptr.new_zeros(len(y), task.outputs).float()
            objective.score(prediction, y)


def _targets(task: Task, items: Tensor) -> Tensor:
    graphs = task.graphs
    if not graphs.of_nodes:
        return graphs.y[items]
    y = graphs.y[ranges(graphs.ptr[items], graphs.sizes[items])]
    return y[y >= 0]

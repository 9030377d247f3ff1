"""Whether every run of a study can be judged, known before hours of training."""

from torch import Tensor

from graphattn._errors import require
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
        chosen = study.tune or study.training["patience"]
        require(
            not chosen or len(val) > 0,
            "compare",
            "patience, full and tune choose by validation, and this split has no "
            "validation part; leave them out, or take another split",
            {"data": task.name, "split": study.split},
        )
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

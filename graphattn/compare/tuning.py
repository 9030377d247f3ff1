"""The same number of trials for every structure, judged on validation alone."""

from contextlib import nullcontext
from pathlib import Path
from typing import Any

from filelock import FileLock

from graphattn.compare.folder.records import CorruptedError, read_record, write_record
from graphattn.compare.graphs import Pairs
from graphattn.compare.run import run
from graphattn.compare.study import Study
from graphattn.compare.task import Task

_RATES, _DECAYS = (3e-4, 3e-2), (1e-4, 0.3)


def tuned(
    study: Study,
    task: Task,
    pairs: Pairs | None,
    structure: str,
    seed: int,
    folder: Path | None,
) -> dict[str, float]:
    """Returns the learning rate and weight decay that validate best on a split.

    The first trial has the defaults; Optuna proposes the others. Each split is tuned by
    itself: what one holds out for validation, another tests on. The first seed of a
    split does it for all.

    Args:
        study: The terms, with the number of trials.
        task: The data set.
        pairs: Who attends to whom.
        structure: Name of the structure.
        seed: Number of the run.
        folder: Where the answer is kept; None keeps none.

    Raises:
        ImportError: Optuna is not installed.
    """
    split = study.split_of(task.level, seed)
    file = None if folder is None else folder / f"tuned-split-{split}.json"
    lock = nullcontext() if file is None else FileLock(file.with_suffix(".lock"))
    with lock:
        if file is not None and file.exists():
            try:
                return read_record(file)["best"]
            except CorruptedError:
                file.replace(file.with_suffix(".json.corrupted"))
        found = _search(study, task, pairs, structure, split)
        if file is not None:
            write_record(file, found)
    return found["best"]


def _search(
    study: Study, task: Task, pairs: Pairs | None, structure: str, seed: int
) -> dict[str, Any]:
    try:
        import optuna
    except ModuleNotFoundError as error:
        message = 'tuning needs optuna; run: pip install "graphattn[tune]"'
        raise ImportError(message) from error
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    budget = study.budget(task.level)
    some = task.graphs.ptr.new_tensor([0])
    lower = task.objective(some, study.metric).lower_is_better

    def score(trial: Any) -> float:
        values = {
            "learning_rate": trial.suggest_float("learning_rate", *_RATES, log=True),
            "weight_decay": trial.suggest_float("weight_decay", *_DECAYS, log=True),
        }
        result, _ = run(task, pairs, study, structure, seed, tuned=values)
        best = min if lower else max
        return (
            best(result.val_scores)
            if study.training["patience"]
            else result.val_scores[-1]
        )

    search = optuna.create_study(
        direction="minimize" if lower else "maximize",
        sampler=optuna.samplers.TPESampler(seed=seed),
    )
    usual = {"learning_rate": budget.learning_rate, "weight_decay": budget.weight_decay}
    search.enqueue_trial(usual)
    search.optimize(score, n_trials=study.tune)
    trials = [{**trial.params, "validation": trial.value} for trial in search.trials]
    return {"best": search.best_params, "trials": trials}

"""ESOL and BBBP by scaffold, beside published figures.

Five seeds, each a split, an initialisation and batches of its own. `scaffold` draws the
order of the scaffolds anew for every seed (the balanced variant); `largest first` is
the deterministic split, so that only the initialisation and the batches change. The
weights are those of the last epoch: no epoch is chosen, and nothing is tuned on these
data. Run: python benchmarks/moleculenet.py [--epochs 40] [--seeds 5]
"""

import argparse
import statistics
from dataclasses import replace

from measure import table

from graphattn.compare.run import build_model, scoring_batches, training_batches
from graphattn.compare.structures import parse
from graphattn.compare.study import Study
from graphattn.compare.task import Task, prepare
from graphattn.datasets import GraphDataset, load, splits
from graphattn.datasets.splits import Split
from graphattn.training import Settings, evaluate, fit

PUBLISHED = {
    "esol": "AttentiveFP 0.877; by random splits 0.853, and Chemprop 0.555",
    "bbbp": "Chemprop 0.737",
}


def _task(name: str) -> Task:
    data = load(name)
    assert isinstance(data, GraphDataset)
    task = prepare(data)
    if task.is_regression:
        return task
    # One output, as in the literature; a study has one for each of the two classes.
    return replace(task, graphs=replace(task.graphs, y=data.y.float()), outputs=1)


def _split(task: Task, kind: str, seed: int) -> Split:
    return splits.scaffold(task.smiles, seed=seed if kind == "scaffold" else None)


def _scores(
    task: Task, structure: str, kind: str, study: Study, seeds: int, epochs: int
) -> list[float]:
    (one,) = parse(structure)
    pairs, budget, found = one.pairs(task.graphs), study.budget("graph"), []
    for seed in range(seeds):
        train, val, test = _split(task, kind, seed)
        objective = task.objective(train)
        model = build_model(task, study, seed)
        batches = training_batches(task, pairs, train, budget.batch_size, seed)
        fit(
            model,
            objective,
            batches,
            scoring_batches(task, pairs, val),
            Settings(epochs, budget.learning_rate, budget.weight_decay),
        )
        test_batches = scoring_batches(task, pairs, test)
        found.append(evaluate(model, objective, test_batches))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", nargs="+", default=["esol", "bbbp"])
    parser.add_argument("--attention", nargs="+", default=["edges", "full"])
    parser.add_argument("--splits", nargs="+", default=["scaffold", "largest first"])
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--seeds", type=int, default=5)
    asked = parser.parse_args()
    study, rows = Study(), []
    for name in asked.data:
        task = _task(name)
        for kind in asked.splits:
            for structure in asked.attention:
                scores = _scores(
                    task, structure, kind, study, asked.seeds, asked.epochs
                )
                mean, sd = statistics.mean(scores), statistics.stdev(scores)
                result = f"{mean:.3f} ± {sd:.3f}"
                row = (name, task.metrics[0], kind, structure, result, PUBLISHED[name])
                rows.append(row)
                print(*row, sep=", ", flush=True)
    header = ("data", "metric", "split", "attention", "mean ± sd", "published")
    print(table(header, rows))


if __name__ == "__main__":
    main()

"""Everything that the pages, pictures and tables about one data set are made of."""

from collections.abc import Mapping
from dataclasses import dataclass

from graphattn.compare.engine import Outcome
from graphattn.compare.examine import Attention, Examined, attention_on, examine
from graphattn.compare.graphs import Pairs
from graphattn.compare.run import RunResult
from graphattn.compare.splitting import split
from graphattn.compare.structures import structure
from graphattn.compare.summary import Comparison
from graphattn.compare.task import Task
from graphattn.compare.work import Prepared, Run
from graphattn.models import Predictor
from graphattn.report.errors import ItemErrors, item_errors
from graphattn.report.scenes import Scene, scenes

_SCENES = 8
_SEEDS = 3  # whose models are examined


@dataclass(frozen=True, eq=False)
class Material:
    """One data set of a finished study.

    Attributes:
        comparison: Its table.
        task: The data.
        runs: Of the compared seeds.
        pairs: Who attends to whom, by structure.
        models: By structure and seed; only structures that attend, on the same pairs
            for every seed, have any.
        examined: What the structures attend to.
        errors: Item by item; None without models.
        scenes: What attention is drawn on.
    """

    comparison: Comparison
    task: Task
    runs: tuple[RunResult, ...]
    pairs: Mapping[str, Pairs | None]
    models: Mapping[str, Mapping[int, Predictor]]
    examined: tuple[Examined, ...]
    errors: ItemErrors | None
    scenes: tuple[Scene, ...]

    @property
    def shown(self) -> tuple[str, ...]:
        """The structure all are compared with, and the one most unlike it."""
        names = list(self.models)
        reference = self.comparison.reference
        first = reference if reference in names else names[0]
        last = "full" if "full" in names else names[-1]
        return tuple(dict.fromkeys([first, last]))

    def attention(self, structure: str, scene: Scene) -> Attention:
        """Returns what the first seed's model attends to in a scene.

        Args:
            structure: Its name.
            scene: On which graph, and which nodes of it.
        """
        model = next(iter(self.models[structure].values()))
        pairs = self.pairs[structure]
        return attention_on(model, self.task, pairs, scene.graph, scene.nodes)


def gather(outcome: Outcome) -> list[Material]:
    """Examines the models of every data set that has been compared.

    Args:
        outcome: What a study gave.
    """
    return [_gather(outcome, comparison) for comparison in outcome.comparisons]


def _gather(outcome: Outcome, comparison: Comparison) -> Material:
    study, task = outcome.study, outcome.tasks[comparison.data]
    pairs = Prepared.of(study, task).pairs
    models = _models(outcome, comparison)
    seeds = list(next(iter(models.values()), comparison.seeds))
    parts = {
        seed: split(task, study.split, study.split_of(task.level, seed))
        for seed in seeds
    }
    examined = tuple(
        examine(task, name, pairs[name], dict(list(own.items())[:_SEEDS]), parts)
        for name, own in models.items()
    )
    errors = item_errors(task, pairs, models, parts) if models else None
    test = parts[seeds[0]].test
    return Material(
        comparison=comparison,
        task=task,
        runs=tuple(
            run
            for run in outcome.runs
            if run.data == comparison.data and run.seed in comparison.seeds
        ),
        pairs=pairs,
        models=models,
        examined=examined,
        errors=errors,
        scenes=tuple(scenes(task, test, _SCENES)) if models else (),
    )


def _models(
    outcome: Outcome, comparison: Comparison
) -> dict[str, dict[int, Predictor]]:
    found: dict[str, dict[int, Predictor]] = {}
    study, level = outcome.study, outcome.tasks[comparison.data].level
    seeds = list(comparison.seeds)
    if comparison.splits > 1:  # one model per split: the run that has its number
        seeds = [s for s in seeds if study.split_of(level, s) == s]
    for row in comparison.rows:
        rule = structure(row.structure)
        if rule.kind != "attention" or rule.drawn:
            continue
        runs = [Run(comparison.data, row.structure, s) for s in seeds]
        own = {run.seed: outcome.models[run] for run in runs if run in outcome.models}
        if len(own) == len(seeds):
            found[row.structure] = own
    return found

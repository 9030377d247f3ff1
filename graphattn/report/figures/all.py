"""Which pictures a study gets."""

from collections.abc import Iterator

from matplotlib.figure import Figure

from graphattn.compare.engine import Outcome
from graphattn.compare.splitting import split
from graphattn.compare.summary import Comparison
from graphattn.compare.work import Run
from graphattn.report.figures.attention import Drawing, attention_on
from graphattn.report.figures.curves import draw_curves
from graphattn.report.figures.metric import draw_metric
from graphattn.report.figures.molecule import draw_molecule
from graphattn.report.figures.network import LARGEST, draw_network


def draw_all(outcome: Outcome) -> Iterator[tuple[str, Figure]]:
    """Yields the name and picture of each: metric, learning curves, attention.

    Attention is drawn on a test molecule, or on a network that is not too large, with
    the models of the first finished seed: the reference beside the last structure.

    Args:
        outcome: What a study gave.
    """
    for comparison in outcome.comparisons:
        yield f"{comparison.data}-metric", draw_metric(comparison)
        yield f"{comparison.data}-curves", draw_curves(comparison, outcome.runs)
        figure = _attention(outcome, comparison)
        if figure is not None:
            yield f"{comparison.data}-attention", figure


def _attention(outcome: Outcome, comparison: Comparison) -> Figure | None:
    task = outcome.tasks[comparison.data]
    if task.kind == "molecules":
        test = split(task, outcome.study.split, comparison.seeds[0]).test
        sizes = task.graphs.sizes[test]
        graph = int(test[(sizes - sizes.double().mean()).abs().argmin()])
        title = f"{task.name}: learned attention on a molecule of the test part"
        return draw_molecule(
            task.smiles[graph], _drawings(outcome, comparison, graph), title
        )
    if task.level == "node" and len(task.graphs.x) <= LARGEST:
        title = f"{task.name}: learned attention (grey: ties; large: receives more)"
        return draw_network(task, _drawings(outcome, comparison, 0), title)
    return None


def _drawings(outcome: Outcome, comparison: Comparison, graph: int) -> list[Drawing]:
    names = [row.structure for row in comparison.rows]
    last = "full" if "full" in names else names[-1]
    shown = dict.fromkeys([comparison.reference, last])
    task = outcome.tasks[comparison.data]
    return [
        attention_on(
            outcome.models[Run(task.name, name, comparison.seeds[0])], task, name, graph
        )
        for name in shown
    ]

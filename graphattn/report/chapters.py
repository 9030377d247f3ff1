"""Which charts a data set gets, for the page and for a paper alike."""

from dataclasses import dataclass

from graphattn.report import charts
from graphattn.report.charts import Chart
from graphattn.report.items import item_name, noun
from graphattn.report.material import Material


@dataclass(frozen=True, eq=False)
class Chapter:
    """Charts that belong together; the name is part of a file's."""

    name: str
    charts: tuple[Chart, ...]


def chapters(material: Material) -> list[Chapter]:
    """Returns the charts of a data set, without those for which there is nothing.

    Args:
        material: Of one data set.
    """
    comparison = material.comparison
    found = {
        "metric": charts.intervals(comparison),
        "curves": charts.curves(comparison, material.runs),
        "cost": charts.pareto(comparison),
        "errors": _errors(material),
        "examined": _examined(material),
    }
    return [Chapter(name, tuple(each)) for name, each in found.items() if each]


def _errors(material: Material) -> list[Chart]:
    found = material.errors
    if found is None or len(found.items) == 0:
        return []
    names = [item_name(material, int(item)) for item in found.items]
    return charts.errors(found, names, material.shown, f"{noun(material)}s")


def _examined(material: Material) -> list[Chart]:
    if not material.examined:
        return []
    shown = [one for one in material.examined if one.structure in material.shown]
    deletions = [charts.deletion(one) for one in shown]
    found = [chart for chart in deletions if chart is not None]
    return [charts.distances(material.examined), *found]

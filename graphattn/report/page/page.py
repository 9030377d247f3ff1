"""One file that opens anywhere: text, charts, attention, style and script."""

import json
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from graphattn.compare.engine import Outcome
from graphattn.report.attended import HEADERS, LEGEND, attended
from graphattn.report.chapters import chapters
from graphattn.report.items import furthest_apart, noun
from graphattn.report.material import Material
from graphattn.report.page.viewer import viewer
from graphattn.report.palette import DARK, LIGHT, SERIES, series, variables
from graphattn.report.tables import cells, headers, legend
from graphattn.report.words import answer, limits, question, sentences


def render(outcome: Outcome, materials: Sequence[Material]) -> str:
    """Returns the report as HTML that loads nothing from anywhere.

    Args:
        outcome: What a study gave.
        materials: One per data set.
    """
    sections = [_section(material) for material in materials]
    views = [section.pop("view") for section in sections]
    return (
        _environment()
        .get_template("page.html")
        .render(
            sections=sections,
            complete=not outcome.interrupted,
            views=_json([view for view in views if view is not None]),
            light=variables(LIGHT),
            dark=variables(DARK),
            series_count=SERIES,
            attended_headers=HEADERS,
            attended_legend=LEGEND,
            style=_static("style.css"),
            script=_static("viewer.js"),
        )
    )


def _section(material: Material) -> dict[str, Any]:
    comparison = material.comparison
    return {
        "name": comparison.data,
        "about": comparison.about,
        "question": question(comparison),
        "answer": answer(comparison),
        "headers": headers(comparison),
        "rows": [(row.structure, cells(row)) for row in comparison.rows],
        "series": series([row.structure for row in comparison.rows]),
        "sentences": sentences(comparison),
        "legend": legend(comparison),
        "limits": limits(comparison),
        "charts": {one.name: one.charts for one in chapters(material)},
        "noun": noun(material),
        "apart": furthest_apart(material),
        "shown": material.shown if material.models else (),
        "examined": [attended(one) for one in material.examined],
        "view": viewer(material),
        "id": f"d-{''.join(c if c.isalnum() else '-' for c in comparison.data)}",
    }


def _json(value: Any) -> Markup:
    # Inside a script element only "</" could end the data early.
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    return Markup(text.replace("<", "\\u003c"))


def _static(name: str) -> Markup:
    folder = files("graphattn.report.page") / "static"
    return Markup((folder / name).read_text("utf-8"))


def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("graphattn.report.page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

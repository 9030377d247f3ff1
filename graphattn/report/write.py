"""Files, written whole or not at all."""

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from graphattn.compare.engine import Outcome
from graphattn.compare.folder.files import write_atomically
from graphattn.report.figures import draw_all
from graphattn.report.material import Material, gather
from graphattn.report.page import render
from graphattn.report.paper import PICTURES, tables
from graphattn.report.tables import markdown
from graphattn.report.words import limits, question, sentences


def to_json(outcome: Outcome) -> dict[str, Any]:
    """Returns everything that was measured, ready for JSON: NaN becomes null.

    Args:
        outcome: What a study gave.
    """
    comparisons = [
        {
            **asdict(comparison),
            "question": question(comparison),
            "sentences": sentences(comparison),
            "limits": limits(comparison),
        }
        for comparison in outcome.comparisons
    ]
    return _finite(
        {
            "study": asdict(outcome.study),
            "complete": not outcome.interrupted,
            "comparisons": comparisons,
            "runs": [asdict(run) for run in outcome.runs],
        }
    )


def write_report(outcome: Outcome, folder: Path) -> list[Path]:
    """Writes the results, the page, and figures and tables for a paper.

    Beside results.json and results.md there is the folder ``report``: index.html, which
    needs nothing else, figures as png, svg and pdf, tables as md, csv and tex.

    Args:
        outcome: What a study gave.
        folder: Where to; it exists.

    Returns:
        The files, results first.
    """
    materials = gather(outcome)
    numbers = json.dumps(to_json(outcome), indent=2, allow_nan=False)
    texts = {
        "results.json": numbers + "\n",
        "results.md": "\n".join(markdown(one) for one in outcome.comparisons),
        "report/index.html": render(outcome, materials),
    }
    for material in materials:
        texts |= {f"report/tables/{name}": text for name, text in tables(material)}
    for name in ("figures", "tables"):
        (folder / "report" / name).mkdir(parents=True, exist_ok=True)
    for name, content in texts.items():
        write_atomically(
            folder / name, lambda path, c=content: path.write_text(c, "utf-8")
        )
    return [folder / name for name in texts] + list(_pictures(materials, folder))


def _pictures(materials: Sequence[Material], folder: Path) -> Iterator[Path]:
    for material in materials:
        for name, figure in draw_all(material):
            for kind in PICTURES:
                file = folder / "report" / "figures" / f"{name}.{kind}"
                write_atomically(
                    file, lambda path, f=figure, k=kind: f.savefig(path, format=k)
                )
                yield file


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value

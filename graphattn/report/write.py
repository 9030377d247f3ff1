"""Files, written whole or not at all."""

import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

from graphattn.compare.engine import Outcome
from graphattn.compare.folder.files import write_atomically
from graphattn.report.figures import draw_all
from graphattn.report.material import gather
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
    """Writes results.json, results.md and the pictures.

    Args:
        outcome: What a study gave.
        folder: Where to; it exists.

    Returns:
        The files, results first.
    """
    text = json.dumps(to_json(outcome), indent=2, allow_nan=False)
    table = "\n".join(markdown(comparison) for comparison in outcome.comparisons)
    files = [folder / "results.json", folder / "results.md"]
    for file, content in zip(files, (text + "\n", table), strict=True):
        write_atomically(file, lambda path, c=content: path.write_text(c, "utf-8"))
    for material in gather(outcome):
        for name, figure in draw_all(material):
            file = folder / f"{name}.png"
            write_atomically(file, lambda path, f=figure: f.savefig(path, format="png"))
            files.append(file)
    return files


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value

"""A study on the terminal: question, table, answer, limits, files."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from graphattn.compare.engine import Outcome
from graphattn.report.tables import rich_legend, rich_table
from graphattn.report.words import limits, question, sentences

_FEW = 3  # files of a folder that are named one by one


def print_outcome(outcome: Outcome, files: Sequence[Path], console: Console) -> None:
    """Prints everything a reader needs, data set by data set.

    Args:
        outcome: What a study gave.
        files: What was written.
        console: Where to print.
    """
    for comparison in outcome.comparisons:
        console.print()
        console.print(question(comparison), markup=False)
        console.print()
        console.print(rich_table(comparison))
        for sentence in sentences(comparison):
            console.print(f"* {sentence}", markup=False, style="bold")
        console.print()
        console.print(rich_legend(comparison), markup=False, style="dim")
        console.print(limits(comparison), markup=False, style="dim")
    console.print()
    console.print("Written:", *written(files), sep="\n  ", markup=False)


def written(files: Sequence[Path]) -> list[str]:
    """Returns the files one by one; where a folder got many, the folder.

    Args:
        files: What was written.
    """
    counts = Counter(file.parent for file in files)
    lines = {
        str(file) if number <= _FEW else f"{file.parent} ({number} files)": None
        for file, number in ((file, counts[file.parent]) for file in files)
    }
    return list(lines)

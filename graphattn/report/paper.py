"""Tables and pictures in the formats that papers and slides take."""

import csv
import io
import re
from collections.abc import Iterator, Sequence

from graphattn.report.attended import HEADERS, LEGEND, attended
from graphattn.report.material import Material
from graphattn.report.tables import cells, headers, legend, pipes

PICTURES = ("png", "svg", "pdf")
_SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "\N{MINUS SIGN}": "$-$",
    "\N{PLUS-MINUS SIGN}": r"$\pm$",
    "<": "$<$",
    ">": "$>$",
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
}


def tables(material: Material) -> Iterator[tuple[str, str]]:
    """Yields the name of a file and its text: each table as md, csv and tex.

    Args:
        material: Of one data set.
    """
    comparison = material.comparison
    found = {"results": (headers(comparison), map(cells, comparison.rows))}
    captions = {"results": f"{comparison.data}: {legend(comparison)}"}
    if material.examined:
        rows = map(attended, material.examined)
        found["attention"] = (list(HEADERS), rows)
        captions["attention"] = f"{comparison.data}: {LEGEND}"
    for name, (head, rows) in found.items():
        table = [head, *rows]
        stem = f"{comparison.data}-{name}"
        yield f"{stem}.md", "\n".join(pipes(table)) + "\n"
        yield f"{stem}.csv", as_csv(table)
        yield f"{stem}.tex", as_latex(table, captions[name], f"tab:{stem}")


def as_csv(table: Sequence[Sequence[str]]) -> str:
    """Returns a table as csv.

    Args:
        table: The head and the rows.
    """
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(table)
    return text.getvalue()


def as_latex(table: Sequence[Sequence[str]], caption: str, label: str) -> str:
    """Returns a table as LaTeX, with the rules of the package booktabs.

    Args:
        table: The head and the rows.
        caption: Of the table.
        label: What the text refers to it by.
    """
    head, *rows = (" & ".join(map(latex, row)) + r" \\" for row in table)
    columns = "l" + "r" * (len(table[0]) - 1)
    lines = [
        r"\begin{table}",
        r"  \centering",
        rf"  \begin{{tabular}}{{{columns}}}",
        r"    \toprule",
        f"    {head}",
        r"    \midrule",
        *(f"    {row}" for row in rows),
        r"    \bottomrule",
        r"  \end{tabular}",
        rf"  \caption{{{latex(caption)}}}",
        rf"  \label{{{re.sub('[^A-Za-z0-9:-]', '-', label)}}}",
        r"\end{table}",
    ]
    return "\n".join(lines) + "\n"


def latex(text: str) -> str:
    """Returns a text in which no character means anything else to LaTeX.

    Args:
        text: Any.
    """
    return "".join(_SPECIAL.get(character, character) for character in text)

"""A comparison as a table: for the terminal and for a text file."""

import math
from collections.abc import Sequence

from rich import box
from rich.table import Table

from graphattn.compare.counted import counted
from graphattn.compare.summary import Comparison, Row
from graphattn.report.words import limits, p_value, question, sentences, signed

_CPU = "CPU s per run"
_NOT_MEASURED = "\N{EM DASH}"


def headers(comparison: Comparison) -> list[str]:
    """Returns the titles of the columns."""
    return [
        "attention",
        comparison.metric,
        f"difference to {comparison.reference}",
        "p (Holm)",
        "pairs",
        "epoch",
        _CPU,
        "memory",
        "kernel",
    ]


def cells(row: Row) -> list[str]:
    """Returns the texts of a row."""
    return [
        row.structure,
        _mean(row),
        _difference(row),
        _p_value(row),
        f"{row.cost.pairs_per_graph:,.0f}",
        _seconds(row.epoch_seconds),
        _processor_seconds(row.cpu_seconds),
        _megabytes(row.cost.peak_bytes),
        row.cost.kernel,
    ]


def legend(comparison: Comparison) -> str:
    """Returns what the columns hold."""
    return (
        f"{rich_legend(comparison)} {_CPU}: processor time of a training, all threads "
        "together, mean over runs; what it takes in energy goes with it."
    )


def rich_legend(comparison: Comparison) -> str:
    """Returns what the columns hold that the terminal has."""
    text = (
        f"{comparison.metric} on the test part: mean ± standard deviation over seeds. "
        f"Difference: paired, with {comparison.confidence:.0%} interval. Pairs: "
        "attended pairs per graph. Epoch: median time of its training steps, beside "
        "whatever else ran. Memory: "
        "rise of the process's resident memory at the peak of one training step."
    )
    if any(_NOT_MEASURED in cells(row) for row in comparison.rows):
        text += f" {_NOT_MEASURED}: not measured."
    return text


def rich_table(comparison: Comparison) -> Table:
    """Returns the table for the terminal, too narrow for the processor time."""
    table = Table(
        title=_title(comparison),
        box=box.SIMPLE_HEAD,
        title_justify="left",
        title_style="bold",
    )
    head = headers(comparison)
    hidden = head.index(_CPU)
    for header in _without(hidden, head):
        justify = "left" if header in ("attention", "kernel") else "right"
        table.add_column(header, justify=justify, no_wrap=True)
    for row in comparison.rows:
        table.add_row(*_without(hidden, cells(row)))
    return table


def markdown(comparison: Comparison) -> str:
    """Returns question, table, answer and limits as markdown."""
    table = [headers(comparison), *(cells(row) for row in comparison.rows)]
    lines = [
        f"## {_title(comparison)}",
        "",
        question(comparison),
        "",
        *pipes(table),
        "",
        *(f"- {sentence}" for sentence in sentences(comparison)),
        "",
        legend(comparison),
        "",
        limits(comparison),
        "",
    ]
    return "\n".join(lines)


def pipes(table: Sequence[Sequence[str]]) -> list[str]:
    """Returns the lines of a table in markdown.

    Args:
        table: The head and the rows.
    """
    head, *rows = table
    return [_line(head), _line(["---"] * len(head)), *map(_line, rows)]


def _without(place: int, texts: Sequence[str]) -> list[str]:
    return [*texts[:place], *texts[place + 1 :]]


def _title(comparison: Comparison) -> str:
    seeds = counted(len(comparison.seeds), "seed")
    return f"{comparison.data}, {comparison.split} split, {seeds}"


def _line(texts: Sequence[str]) -> str:
    return "| " + " | ".join(text.replace("|", "\\|") for text in texts) + " |"


def _mean(row: Row) -> str:
    if math.isnan(row.std):
        return f"{row.mean:.3f}"
    return f"{row.mean:.3f} ± {row.std:.3f}"


def _difference(row: Row) -> str:
    difference = row.difference
    if difference is None:
        return "reference"
    if math.isnan(difference.low):
        return signed(difference.mean)
    interval = f"[{signed(difference.low)}, {signed(difference.high)}]"
    return f"{signed(difference.mean)} {interval}"


def _p_value(row: Row) -> str:
    if row.difference is None or math.isnan(row.difference.adjusted):
        return ""
    return p_value(row.difference).removeprefix("p ").removeprefix("= ")


def _megabytes(count: float | None) -> str:
    return _NOT_MEASURED if count is None else f"{count / 1e6:,.1f} MB"


def _seconds(seconds: float) -> str:
    if math.isnan(seconds):
        return ""
    return f"{seconds * 1e3:.1f} ms" if seconds < 0.1 else f"{seconds:.2f} s"


def _processor_seconds(seconds: float) -> str:
    if math.isnan(seconds):
        return _NOT_MEASURED
    return f"{seconds:.2f}" if seconds < 10 else f"{seconds:,.0f}"

import io
from dataclasses import replace

from rich.console import Console

from graphattn.report import markdown, rich_table
from graphattn.report.tables import legend


def test_the_terminal_shows_every_cell_in_full(comparison):
    console = Console(file=io.StringIO(), width=104)
    console.print(rich_table(comparison))
    text = console.file.getvalue()
    for words in ("0.500 ± 0.100", "[−0.031, +0.055]", "< 0.001", "700", "12.3 MB"):  # noqa: RUF001
        assert words in text
    assert "…" not in text
    assert "CPU" not in text  # too wide


def test_markdown_has_one_line_per_structure_and_the_answer(comparison):
    text = markdown(comparison)
    rows = [line for line in text.splitlines() if line.startswith("|")]
    assert len(rows) == 2 + 3
    assert len({line.count("|") for line in rows}) == 1
    assert "- full against edges: significantly worse" in text
    assert "not measured" not in text


def test_every_written_table_has_the_processor_time_of_a_run(comparison):
    rows = [line.split(" | ") for line in markdown(comparison).splitlines()]
    at = next(row.index("CPU s per run") for row in rows if "CPU s per run" in row)
    assert [row[at] for row in rows if len(row) > 3][2:] == 3 * ["3.25"]
    assert "CPU s per run: " in legend(comparison)


def test_processor_time_that_was_not_kept_is_not_made_up(comparison):
    old = replace(comparison.rows[0], cpu_seconds=float("nan"))
    text = markdown(replace(comparison, rows=(old,)))
    assert "| \N{EM DASH} |" in text
    assert "not measured" in text


def test_what_is_not_known_is_not_made_up(comparison):
    first = comparison.rows[0]
    unknown = replace(
        first, cost=replace(first.cost, peak_bytes=None), std=float("nan")
    )
    text = markdown(replace(comparison, rows=(unknown,)))
    assert "| 0.500 |" in text
    assert "| \N{EM DASH} |" in text
    assert "\N{EM DASH}: not measured." in text
    assert "nan" not in text

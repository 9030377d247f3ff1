"""The page that lists every row names what is there."""

import importlib
import re
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "rows.md"


class Row(NamedTuple):
    """A row of the page, and what is quoted in its other cells."""

    title: str
    names: list[str]
    tests: list[str]
    shown: list[str]


def rows() -> list[Row]:
    """Returns the rows of all tables of the page."""
    lines = [line for line in PAGE.read_text().splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines]
    return [
        Row(title, *(re.findall(r"`([^`]+)`", cell) for cell in rest))
        for title, *rest in cells
        if title != "row"
    ]


def named(dotted: str) -> object:
    """Returns what a dotted name means."""
    first, *rest = dotted.split(".")
    found: object = importlib.import_module(first)
    for place, part in enumerate(rest, start=2):
        if not hasattr(found, part):
            importlib.import_module(".".join(dotted.split(".")[:place]))
        found = getattr(found, part)
    return found


@pytest.mark.parametrize("row", rows(), ids=lambda row: row.title)
def test_a_row_has_a_name_a_test_and_an_example(row):
    dotted = [name for name in row.names if name.startswith("graphattn.")]
    assert dotted or any((ROOT / name).is_file() for name in row.names)
    for name in dotted:
        assert named(name) is not None
    assert row.tests
    assert row.shown
    missing = [p for p in (*row.tests, *row.shown) if not (ROOT / p).exists()]
    assert not missing


def test_every_public_pattern_has_a_row():
    from graphattn import patterns

    public = {name for name in vars(patterns) if callable(getattr(patterns, name))}
    listed = {
        name.removeprefix("graphattn.patterns.") for _, n, *_ in rows() for name in n
    }
    assert public <= listed

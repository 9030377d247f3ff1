"""Which columns of a table hold sentences and their labels, where nobody says so."""

import csv
from collections.abc import Sequence
from typing import NamedTuple

from graphattn.datasets.tables import SPACES, cells, plain_name, sniff

TAB = "\t"
_LOOK_AT = 500  # rows
_TEXT_NAMES = ("text", "sentence", "review", "comment", "content", "document", "tweet")
_TEXT_NAMES += ("title", "message", "body", "utterance", "headline", "question")
_LABEL_NAMES = ("label", "labels", "class", "category", "sentiment", "target", "y")
_LABEL_NAMES += ("stars", "rating", "polarity", "topic", "intent")
_WORDS = 2.5
"""What is at least so many words long on average is a sentence."""
_MOST_CLASSES = 100


class Sentences(NamedTuple):
    """Where the sentences are.

    Attributes:
        delimiter: Between the columns.
        text: Their column: its name, or its place in a file without header.
        label: That of the labels, likewise.
    """

    delimiter: str
    text: str | int
    label: str | int


def sentences(
    head: str,
    delimiter: str,
    text: str | int | None = None,
    label: str | int | None = None,
    *,
    sure: bool = False,
) -> Sentences | None:
    """Returns where sentences and labels are, or None where that is not clear.

    The first row holds names where a column that was asked for is among them, or a
    known name of either, and none was asked for by its place. Sentences are in the
    column of a known name, else in the one of the most words; labels in that of a known
    name, else in the only other one, else in the only other one that has few values,
    each of them twice on average.

    Args:
        head: The file, or its beginning.
        delimiter: Between the columns.
        text: The column of the sentences, where it is known.
        label: That of the labels, where it is known.
        sure: Whether sentences must have more than two words on average and labels few
            values, so that it can hardly be a table of something else.
    """
    rows = _rows(head, delimiter)
    if not rows or len(rows[0]) < 2:
        return None
    plain = [plain_name(cell) for cell in rows[0]]
    asked = {text, label} & set(rows[0])
    by_place = isinstance(text, int) or isinstance(label, int)
    named = bool({*_TEXT_NAMES, *_LABEL_NAMES} & set(plain))
    header = bool(asked) or (named and not by_place)
    names, rest = (plain, rows[1:]) if header else ([], rows)
    columns = list(zip(*(row for row in rest if len(row) == len(plain)), strict=True))
    text_at = _asked(text, rows[0])
    label_at = _asked(label, rows[0])
    if text_at is None:
        text_at = _text(names, columns, label_at, _WORDS if sure else 0.0)
    if label_at is None and text_at is not None:
        label_at = _label(names, columns, text_at, sure)
    if text_at is None or label_at is None:
        return None
    at = (rows[0][text_at], rows[0][label_at]) if header else (text_at, label_at)
    given = (text, label)  # a name that is not there is the reader's to refuse
    chosen = [b if a is None else a for a, b in zip(given, at, strict=True)]
    if chosen[0] == chosen[1]:  # two columns of one name
        return None
    return Sentences(delimiter, *chosen)


def delimiter_of(head: str) -> str:
    """Returns a tab where the first line has one, else what cuts the rows alike.

    Args:
        head: The file, or its beginning.
    """
    found = sniff(head, None)
    return TAB if TAB in head.lstrip().partition("\n")[0] or found == SPACES else found


def _rows(head: str, delimiter: str) -> list[tuple[str, ...]]:
    lines = head.split("\n")[: _LOOK_AT + 1]
    if delimiter == TAB:  # where a quote is a character like others
        split = (tuple(cell.strip() for cell in line.split(TAB)) for line in lines)
        return [row for row in split if any(row)]
    try:
        return [row for _, row in cells(lines, delimiter, None)]
    except csv.Error:
        return []


def _asked(column: str | int | None, first: Sequence[str]) -> int | None:
    if column is None or isinstance(column, int):
        return column if column is None or 0 <= column < len(first) else 0
    return list(first).index(column) if column in first else 0


def _text(
    names: Sequence[str],
    columns: Sequence[Sequence[str]],
    label_at: int | None,
    least: float,
) -> int | None:
    known = [names.index(name) for name in _TEXT_NAMES if name in names]
    if known := [at for at in known if at != label_at]:
        return known[0]
    labels = {at for at, name in enumerate(names) if name in _LABEL_NAMES} | {label_at}
    words = {
        at: sum(len(cell.split()) for cell in of) / len(of)
        for at, of in enumerate(columns)
        if at not in labels
    }
    most = max(words.values(), default=0.0)
    return next((at for at, mean in words.items() if mean == most >= least), None)


def _label(
    names: Sequence[str], columns: Sequence[Sequence[str]], text_at: int, sure: bool
) -> int | None:
    known = [names.index(name) for name in _LABEL_NAMES if name in names]
    if known := [at for at in known if at != text_at]:
        return known[0]
    others = [at for at in range(len(columns)) if at != text_at]
    if len(others) == 1 and not sure:
        return others[0]
    few = [
        at
        for at in others
        if 1 < len(set(of := columns[at])) <= min(_MOST_CLASSES, max(2, len(of) // 2))
    ]
    return few[0] if len(few) == 1 else None

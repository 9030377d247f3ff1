"""Reads sentences with a label each: in a table, or in one file per class."""

from collections.abc import Mapping
from pathlib import Path

import torch

from graphattn.datasets.errors import check
from graphattn.datasets.graph_dataset import GraphDataset
from graphattn.datasets.sequences import tokens as to_chains
from graphattn.datasets.tables import read_table
from graphattn.datasets.text.guess import TAB, Sentences, delimiter_of, sentences
from graphattn.datasets.text.words import (
    Cut,
    as_parts,
    cut,
    lines_of,
    training,
    vocabulary,
)
from graphattn.datasets.texts import read_head

_CALLER = "datasets.load"


def read(
    files: Path | Mapping[str, Path],
    *,
    name: str | None = None,
    text: str | int | None = None,
    label: str | int | None = None,
    tokens: Cut = "blanks",
    lower: bool = False,
    min_count: int = 1,
    delimiter: str | None = None,
    encoding: str | None = None,
) -> GraphDataset:
    """Reads a table of sentences and labels.

    A word is a node, linked to its neighbours: `x` is its id in the vocabulary, which
    the training part has made, and `y` the class of the sentence.

    Args:
        files: One file, or those of "train", "val" and "test".
        name: Of the dataset; by default that of the file.
        text: Column of the sentences: its name, or its place from 0 in a file that has
            no header; by default found by its name, else by its words.
        label: Column of the labels, likewise; by default found by its name, else the
            only other one of few values.
        tokens: Into what a sentence is cut.
        lower: Whether upper and lower case are one word.
        min_count: Rarer words are unknown.
        delimiter: Between the columns; by default found out. Between tabs a quote is a
            character like others.
        encoding: By default UTF-8, or UTF-16 where its mark says so.

    Raises:
        DataError: A file is malformed; the message names file and line.
    """
    sentences: list[str] = []
    labels: list[str] = []
    parts: list[str] = []
    by_part = as_parts(files)
    for part, path in by_part.items():
        columns = _columns(
            path, _layout(path, text, label, delimiter, encoding), encoding
        )
        sentences += columns[0]
        labels += columns[1]
        parts += [part] * len(columns[0])
    return build(
        cut(sentences, tokens, lower),
        labels,
        parts,
        min_count,
        name or next(iter(by_part.values())).name,
    )


def build(
    sentences: list[list[str]],
    labels: list[str],
    parts: list[str],
    min_count: int,
    name: str,
) -> GraphDataset:
    """Returns the dataset of sentences with a label each.

    Args:
        sentences: Their tokens.
        labels: One per sentence; the classes are in order, whole numbers by value.
        parts: "train", "val", "test" or "" of each sentence.
        min_count: Words that are rarer in the training part are unknown.
        name: Of the dataset.
    """
    known = vocabulary((sentences[index] for index in training(parts)), min_count)
    data, slices = to_chains(sentences, known)
    classes = sorted(set(labels), key=_natural)
    ids = {one: index for index, one in enumerate(classes)}
    data.y = torch.tensor([[ids[one]] for one in labels])
    return GraphDataset(
        data,
        {**slices, "y": torch.arange(len(labels) + 1)},
        name=name,
        kind="sequence",
        task="classification",
        target_names=["label"],
        class_names=classes,
        vocabulary=known,
        parts=parts if any(parts) else (),
    )


def _natural(label: str) -> tuple[bool, int, str]:
    number = label.isascii() and label.isdigit() and len(label) < 9
    return not number, int(label) if number else 0, label


def _layout(
    path: Path,
    text: str | int | None,
    label: str | int | None,
    delimiter: str | None,
    encoding: str | None,
) -> Sentences:
    given = {"text": text, "label": label}
    rule = "text and label are both names of columns, or both places from 0"
    alike = (
        text is None or label is None or isinstance(text, str) == isinstance(label, str)
    )
    check(alike, _CALLER, rule, given)
    head = read_head(path, encoding)[0].replace("\r\n", "\n")
    delimiter = delimiter_of(head) if delimiter is None else delimiter
    found = sentences(head, delimiter, text, label)
    first = head.strip().partition("\n")[0].split(delimiter)[:9]
    rule = "cannot tell which columns hold the sentences and their labels; name them "
    rule += "with text= and label="
    check(found is not None, _CALLER, rule, {"file": path.name, "row 1": first})
    assert found is not None
    return found


def _columns(
    path: Path, layout: Sentences, encoding: str | None
) -> tuple[list[str], list[str]]:
    delimiter, text, label = layout
    if delimiter != TAB:
        table = read_table(
            path, header=isinstance(text, str), delimiter=delimiter, encoding=encoding
        )
        rows = [row.cells for row in table.rows]
        header = table.columns
        lines = [row.line for row in table.rows]
    else:
        listed = list(enumerate(lines_of(path, encoding), start=1))
        filled = [(number, line.split(TAB)) for number, line in listed if line]
        header = tuple(filled.pop(0)[1]) if isinstance(text, str) else ()
        rows = [tuple(cells) for _, cells in filled]
        lines = [number for number, _ in filled]
    places = [_place(path.name, one, header) for one in (text, label)]
    width = max(places) + 1
    for number, cells in zip(lines, rows, strict=True):
        rule = "a line has too few columns, or no label; look for a missing delimiter"
        whole = len(cells) >= width and cells[places[1]].strip() != ""
        at = {"file": path.name, "line": number, "columns": len(cells)}
        check(whole, _CALLER, rule, at)
    rule = "the file has no sentence"
    check(len(rows) > 0, _CALLER, rule, {"file": path.name})
    return [r[places[0]] for r in rows], [r[places[1]].strip() for r in rows]


def _place(file: str, column: str | int, header: tuple[str, ...]) -> int:
    if isinstance(column, int):
        check(
            column >= 0, _CALLER, "a place counts from 0", {"file": file, "at": column}
        )
        return column
    given = {"file": file, "column": column, "columns": list(header)}
    check(column in header, _CALLER, "the file has no such column", given)
    return header.index(column)

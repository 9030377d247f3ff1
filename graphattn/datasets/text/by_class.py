"""Reads sentences that stand in one file per class."""

from collections.abc import Mapping
from pathlib import Path

from graphattn.datasets.errors import check
from graphattn.datasets.graph_dataset import GraphDataset
from graphattn.datasets.text.labelled import build
from graphattn.datasets.text.words import Cut, cut, lines_of


def read(
    classes: Mapping[str, Path],
    *,
    name: str,
    tokens: Cut = "blanks",
    lower: bool = False,
    min_count: int = 1,
    encoding: str | None = None,
) -> GraphDataset:
    """Reads a file of sentences, one per line, for each class.

    The items are as those of `labelled.read`. Nothing says which of them train: the
    vocabulary is that of all, and a rare word of the test is known to be rare.

    Args:
        classes: The file of each class.
        name: Of the dataset.
        tokens: Into what a sentence is cut.
        lower: Whether upper and lower case are one word.
        min_count: Rarer words are unknown.
        encoding: By default UTF-8, or UTF-16 where its mark says so.

    Raises:
        DataError: A file is missing, empty or no text.
    """
    sentences: list[str] = []
    labels: list[str] = []
    rule = "there must be at least two classes"
    check(len(classes) > 1, "datasets.load", rule, {"classes": list(classes)})
    for label, path in sorted(classes.items()):
        lines = [line for line in lines_of(path, encoding) if line]
        sentences += lines
        labels += [label] * len(lines)
    parts = [""] * len(labels)
    return build(cut(sentences, tokens, lower), labels, parts, min_count, name)

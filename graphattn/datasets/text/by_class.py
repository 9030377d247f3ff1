"""Reads sentences that stand in one file per class, or texts in a folder per class."""

from collections.abc import Mapping
from pathlib import Path

from graphattn.datasets.errors import check
from graphattn.datasets.graph_dataset import GraphDataset
from graphattn.datasets.text.class_files import classes_in, documents
from graphattn.datasets.text.labelled import build
from graphattn.datasets.text.words import Cut, cut, lines_of

_CALLER = "datasets.load"


def read(
    classes: Path | Mapping[str, Path],
    *,
    name: str | None = None,
    tokens: Cut = "blanks",
    lower: bool = False,
    min_count: int = 1,
    encoding: str | None = None,
) -> GraphDataset:
    """Reads a file of sentences, one per line, for each class; or a folder of texts.

    The items are as those of `labelled.read`. Nothing says which of them train: the
    vocabulary is that of all, and a rare word of the test is known to be rare.

    Args:
        classes: The file or the folder of each class; or one folder that holds them.
            There a subfolder is a class and each of its files one text; without
            subfolders a file is a class, called like the file, or like its ending
            where the names are alike, as in ``film.neg`` and ``film.pos``.
        name: Of the dataset; by default that of the folder.
        tokens: Into what a sentence is cut.
        lower: Whether upper and lower case are one word.
        min_count: Rarer words are unknown.
        encoding: By default UTF-8, or UTF-16 where its mark says so.

    Raises:
        DataError: A file is missing, empty or no text.
    """
    sentences: list[str] = []
    labels: list[str] = []
    if isinstance(classes, Path):
        name, classes = name or classes.name, classes_in(classes)
    rule = "there must be at least two classes"
    check(len(classes) > 1, _CALLER, rule, {"classes": list(classes)})
    for label, path in sorted(classes.items()):
        lines = _texts(path, encoding)
        sentences += lines
        labels += [label] * len(lines)
    parts = [""] * len(labels)
    name = name or next(iter(classes.values())).name
    return build(cut(sentences, tokens, lower), labels, parts, min_count, name)


def _texts(path: Path, encoding: str | None) -> list[str]:
    if not path.is_dir():
        return [line for line in lines_of(path, encoding) if line]
    files = documents(path)
    return [" ".join(filter(None, lines_of(file, encoding))) for file in files]

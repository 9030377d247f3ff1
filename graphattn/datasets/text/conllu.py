"""Reads CoNLL-U treebanks: the words of a sentence, their tags, their heads."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal, NamedTuple

import torch
from torch import Tensor

from graphattn.datasets.errors import check
from graphattn.datasets.graph_dataset import GraphDataset
from graphattn.datasets.sequences import pointers, tokens
from graphattn.datasets.text.words import as_parts, lines_of, training, vocabulary

_CALLER = "datasets.load"
_COLUMNS = 10
_TAGS = {"upos": 3, "xpos": 4, "deprel": 7}
_MISSING = "_"


class Word(NamedTuple):
    """One word; `head` counts from 0 in the sentence, -1 at the root."""

    form: str
    tag: str
    head: int


def read(
    files: Path | Mapping[str, Path],
    *,
    name: str | None = None,
    tag: Literal["upos", "xpos", "deprel"] = "upos",
    edges: Literal["chain", "tree"] = "chain",
    lower: bool = False,
    min_count: int = 1,
    encoding: str | None = None,
) -> GraphDataset:
    """Reads sentences whose words have tags and heads.

    A word is a node: `x` is its id in the vocabulary, which the training part has made,
    `y` the class of its tag, -1 where it has none, and `head` the place of its head in
    the sentence, -1 at the root. Lines of several words (3-4) and of none (3.1) are
    left out.

    Args:
        files: One file, or those of "train", "val" and "test".
        name: Of the dataset; by default that of the file.
        tag: Which tag is the target.
        edges: "chain" links neighbours, "tree" links words and their heads.
        lower: Whether upper and lower case are one word.
        min_count: Rarer words are unknown.
        encoding: By default UTF-8, or UTF-16 where its mark says so.

    Raises:
        DataError: A file is malformed; the message names file, line and value.

    Source:
        https://universaldependencies.org/format.html
    """
    rule = f"tag must be one of {list(_TAGS)}"
    check(tag in _TAGS, _CALLER, rule, {"tag": tag})
    rule = 'edges must be "chain" or "tree"'
    check(edges in ("chain", "tree"), _CALLER, rule, {"edges": edges})
    found: list[list[Word]] = []
    parts: list[str] = []
    by_part = as_parts(files)
    for part, path in by_part.items():
        sentences = list(_sentences(path, _TAGS[tag], encoding))
        rule = "the file has no sentence"
        check(len(sentences) > 0, _CALLER, rule, {"file": path.name})
        found += sentences
        parts += [part] * len(sentences)
    forms = [[w.form.lower() if lower else w.form for w in s] for s in found]
    known = vocabulary((forms[index] for index in training(parts)), min_count)
    data, slices = tokens(forms, known)
    tags = sorted({word.tag for s in found for word in s} - {_MISSING})
    ids = {_MISSING: -1, **{label: index for index, label in enumerate(tags)}}
    data.y = torch.tensor([[ids[word.tag]] for s in found for word in s])
    data.head = torch.tensor([word.head for s in found for word in s])
    slices |= {"y": slices["x"], "head": slices["x"]}
    if edges == "tree":
        data.edge_index, slices["edge_index"] = _tree(data.head, slices["x"])
    return GraphDataset(
        data,
        slices,
        name=name or next(iter(by_part.values())).name,
        kind="sequence",
        task="tagging",
        target_names=[tag],
        class_names=tags,
        vocabulary=known,
        parts=parts if any(parts) else (),
    )


def _sentences(path: Path, column: int, encoding: str | None) -> Iterator[list[Word]]:
    words: list[Word] = []
    begins = 1
    for number, line in enumerate([*lines_of(path, encoding), ""], start=1):
        if line.startswith("#"):
            continue
        if line:
            begins = begins if words else number
            word = _word(path.name, number, line, len(words) + 1, column)
            words += [word] if word is not None else []
        elif words:
            given = {"file": path.name, "line": begins, "words": len(words)}
            rule = "a head must be a word of its sentence, or 0 for the root"
            heads = {"heads": sorted({word.head + 1 for word in words})}
            inside = all(word.head < len(words) for word in words)
            check(inside, _CALLER, rule, {**given, **heads})
            yield words
            words = []


def _word(file: str, number: int, line: str, due: int, column: int) -> Word | None:
    cells = line.split("\t")
    given = {"file": file, "line": number}
    rule = f"a line of a treebank has {_COLUMNS} columns between tabs"
    check(len(cells) == _COLUMNS, _CALLER, rule, {**given, "columns": len(cells)})
    index = cells[0]
    if "-" in index or "." in index:  # several words in one, or an omitted word
        return None
    rule = "the words of a sentence are numbered from 1"
    check(index == str(due), _CALLER, rule, {**given, "value": index, "due": due})
    head = cells[6]
    rule = "the head must be the number of a word, 0 for the root, or _"
    plain = head == _MISSING or (head.isascii() and head.isdigit() and len(head) < 9)
    check(plain, _CALLER, rule, {**given, "value": head})
    return Word(cells[1], cells[column], -1 if head == _MISSING else int(head) - 1)


def _tree(head: Tensor, ptr: Tensor) -> tuple[Tensor, Tensor]:
    lengths = ptr.diff()
    place = torch.arange(len(head)) - ptr[:-1].repeat_interleave(lengths)
    below = head >= 0
    sentence = torch.arange(len(lengths)).repeat_interleave(lengths)[below]
    edges = torch.stack([head[below], place[below], place[below], head[below]], dim=1)
    counts = 2 * torch.bincount(sentence, minlength=len(lengths))
    return edges.view(-1, 2).t().contiguous(), pointers(counts)

"""Reads parallel text: line by line, a sentence and its translation."""

from collections.abc import Mapping
from pathlib import Path

import torch

from graphattn.datasets.errors import check
from graphattn.datasets.graph_dataset import GraphDataset
from graphattn.datasets.sequences import UNKNOWN, pointers
from graphattn.datasets.sequences import tokens as to_chains
from graphattn.datasets.text.words import (
    Cut,
    as_parts,
    cut,
    lines_of,
    training,
    vocabulary,
)

_CALLER = "datasets.load"
BEGIN, END = "<begin>", "<end>"
"""Tokens 1 and 2 of a target: every target begins with one and ends with the other."""


def read(
    source: Path | Mapping[str, Path],
    target: Path | Mapping[str, Path],
    *,
    name: str,
    tokens: Cut = "words",
    lower: bool = False,
    min_count: int = 1,
    encoding: str | None = None,
) -> GraphDataset:
    """Reads pairs of sentences.

    A source word is a node, linked to its neighbours: `x` is its id in `vocabulary`.
    `y` [length, 1] holds the ids of the target between `BEGIN` and `END`, in the
    vocabulary `class_names`. The training part has made both. Batches are ragged: with
    ``DataLoader(..., follow_batch=["y"])``, `y_batch` says which pair a row is of, and
    `torch_geometric.utils.to_dense_batch` pads.

    Args:
        source: One file, or those of "train", "val" and "test".
        target: Likewise; as many lines.
        name: Of the dataset.
        tokens: Into what a sentence is cut.
        lower: Whether upper and lower case are one word.
        min_count: Rarer words are unknown.
        encoding: By default UTF-8, or UTF-16 where its mark says so.

    Raises:
        DataError: The files have not as many lines, or are no text.
    """
    sides: tuple[list[str], list[str]] = ([], [])
    parts: list[str] = []
    sources, targets = as_parts(source), as_parts(target)
    rule = "source and target must have the same parts"
    given = {"source": list(sources), "target": list(targets)}
    check(list(sources) == list(targets), _CALLER, rule, given)
    for part, paths in {p: (sources[p], targets[p]) for p in sources}.items():
        pair = [lines_of(path, encoding) for path in paths]
        lines = {path.name: len(side) for path, side in zip(paths, pair, strict=True)}
        rule = "a sentence and its translation stand on the same line of both files"
        check(len(pair[0]) == len(pair[1]), _CALLER, rule, {"lines": lines})
        for side, found in zip(sides, pair, strict=True):
            side += found
        parts += [part] * len(pair[0])
    first, second = (cut(side, tokens, lower) for side in sides)
    chosen = training(parts)
    known = vocabulary((first[index] for index in chosen), min_count)
    special = (UNKNOWN, BEGIN, END)
    words = vocabulary((second[index] for index in chosen), min_count, special)
    data, slices = to_chains(first, known)
    ids = {token: index for index, token in enumerate(words)}
    encoded = [[1, *(ids.get(token, 0) for token in s), 2] for s in second]
    flat = [one for sentence in encoded for one in sentence]
    data.y = torch.tensor(flat, dtype=torch.long).view(-1, 1)
    slices["y"] = pointers(torch.tensor([len(sentence) for sentence in encoded]))
    return GraphDataset(
        data,
        slices,
        name=name,
        kind="sequence",
        task="translation",
        target_names=["translation"],
        class_names=words,
        vocabulary=known,
        parts=parts if any(parts) else (),
    )

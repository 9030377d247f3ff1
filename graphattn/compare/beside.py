"""The labels and features of a network that lie beside it under a name like its own."""

import re
from pathlib import Path

from graphattn.datasets.compressed import plain_stem, plain_suffix

_TIES = {"edges", "edge", "edgelist", "list", "ties", "links", "network", "graph"}
_TIES |= {"graphs", "egos"}
_KINDS = {
    "labels": {"label", "labels", "target", "targets", "class", "classes", "nodes"},
    "feature_file": {"features", "feature", "feats"},
}
_TABLES = (".csv", ".tsv", ".txt", ".json", ".parquet")


def files_beside(path: Path) -> dict[str, Path]:
    """Returns the files of labels and of features that are called like a network.

    Of ``musae_DE_edges.csv`` they are ``musae_DE_target.csv`` and
    ``musae_DE_features.json``: the words of the network's name, without those that say
    that it has ties, then a word that says what the file holds. Where several are
    called so, none is taken.

    Args:
        path: The file of the network.
    """
    words = [word for word in _words(path) if word not in _TIES]
    found: dict[str, Path] = {}
    for option, kinds in _KINDS.items():
        named = [
            file
            for file in sorted(path.parent.iterdir())
            if file != path
            and plain_suffix(file) in _TABLES
            and _words(file)[: len(words)] == words
            and kinds & set(_words(file)[len(words) :])
        ]
        if len(named) == 1:
            found[option] = named[0]
    return found


def _words(path: Path) -> list[str]:
    return [word for word in re.split(r"[\W_]+", plain_stem(path).lower()) if word]

"""The catalogue: one TOML card per named dataset."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from graphattn.datasets.errors import check
from graphattn.datasets.nearest import nearest


@dataclass(frozen=True)
class Card:
    """What is known about one named dataset.

    Attributes:
        name: The name `load` knows it under.
        title: One line.
        about: What it is, and where its labels come from.
        reader: Module of `graphattn.datasets` whose `read` reads it.
        licence: As its source states it.
        cite: Who to cite.
        statistics: Counts to check against.
        options: Keyword arguments of the reader; `load`'s own take precedence.
        folder: Where its files are, as ``place:path``; empty where it has no files.
        file: The one file in `folder`; empty for a reader that takes the folder.
    """

    name: str
    title: str
    about: str
    reader: str
    licence: str
    cite: str
    statistics: Mapping[str, object]
    options: Mapping[str, object] = field(default_factory=dict)
    folder: str = ""
    file: str = ""


def _catalogue() -> Traversable:
    try:
        return files("graphattn.datasets.catalogue")
    except ModuleNotFoundError:  # a checkout, or an editable install of one
        return Path(__file__).parents[2] / "datasets"


@cache
def names() -> tuple[str, ...]:
    """Returns the names of all datasets in the catalogue, sorted."""
    found = (entry.name for entry in _catalogue().iterdir())
    return tuple(sorted(n[:-5] for n in found if n.endswith(".toml")))


@cache
def card(name: str) -> Card:
    """Returns the card of dataset `name`.

    Args:
        name: One of `names()`.

    Raises:
        DataError: There is no such dataset; the message names the nearest ones.
    """
    check(
        name in names(),
        "datasets.load",
        "no dataset has this name; take one of `known`, or give the path of a file: "
        "a csv with a SMILES column, or an edge list",
        {"name": name, "nearest": nearest(name, names()), "known": list(names())},
    )
    text = (_catalogue() / f"{name}.toml").read_text(encoding="utf-8")
    return Card(name=name, **tomllib.loads(text))

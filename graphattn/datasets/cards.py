"""The catalogue: one TOML card per named dataset, and the user's own cards.

A new dataset of a known kind is a card and no code. It names the reader and, where the
data are files, each of them:

    title = "Friendships of a school"
    about = "Who named whom, and the label is the grade."
    reader = "social.edge_list"
    licence = "CC BY 4.0"
    cite = "Doe 2020, https://doi.org/..."
    statistics = { nodes = 70, edges = 366, classes = 4 }

    [options]                       # keyword-only arguments of the reader's `read`
    directed = true

    [[files]]
    role = "path"                   # the parameter of `read` that takes the file
    name = "friends.csv"
    url = "https://example.org/friends.csv"         # or a list of addresses
    sha256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
    size = 4096

    [[files]]                       # the same file, as it is found elsewhere
    role = "path"
    name = "school.zip"
    member = "data/friends.csv"
    url = "https://example.org/school.zip"

A role ``images.train`` is the entry ``train`` of a mapping that the parameter `images`
takes. Cards of one's own lie in a folder that `GRAPHATTN_CARDS` (several, separated as
in PATH) or `load(..., cards=folder)` names.
"""

import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from graphattn.datasets.errors import DataError, check
from graphattn.datasets.nearest import nearest

_CALLER = "datasets.card"


@dataclass(frozen=True)
class File:
    """One file of a dataset, under one of the names it is known by.

    Files of the same role are one thing in different forms; the first found counts.

    Attributes:
        name: As its source calls it.
        role: Parameter of the reader that takes it.
        url: Addresses to download it from, the best first.
        sha256: Of the file that was seen; empty where none was.
        size: Of that file in bytes.
        member: Of an archive, the file in it; the end of its path is enough.
        shipped: Folder of an installed package that has it, as ``package:path``.
        optional: Whether the reader can do without.
    """

    name: str
    role: str = "path"
    url: tuple[str, ...] = ()
    sha256: str = ""
    size: int | None = None
    member: str = ""
    shipped: str = ""
    optional: bool = False


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
        files: What the reader needs; empty where a library has the data.
    """

    name: str
    title: str
    about: str
    reader: str
    licence: str
    cite: str
    statistics: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    files: tuple[File, ...] = ()

    @property
    def roles(self) -> dict[str, list[File]]:
        """The forms of each file, by its role."""
        found: dict[str, list[File]] = {}
        for file in self.files:
            found.setdefault(file.role, []).append(file)
        return found


def names(cards: str | Path | None = None) -> tuple[str, ...]:
    """Returns the names of all datasets in the catalogue, sorted.

    Args:
        cards: A folder of the user's own cards, beside those of `GRAPHATTN_CARDS`.

    Raises:
        DataError: A folder is missing, or two cards have the same name.
    """
    return tuple(sorted(_entries(cards)))


def card(name: str, cards: str | Path | None = None) -> Card:
    """Returns the card of dataset `name`.

    Args:
        name: One of `names()`.
        cards: A folder of the user's own cards, beside those of `GRAPHATTN_CARDS`.

    Raises:
        DataError: There is no such dataset, and the message names the nearest ones; or
            its card is malformed.
    """
    entries = _entries(cards)
    check(
        name in entries,
        "datasets.load",
        "no dataset has this name; take one that `graphattn datasets list` names, or "
        "give the path of a file: a csv with a SMILES column, or an edge list",
        {"name": name, "nearest": nearest(name, entries)},
    )
    return _parse(name, entries[name])


def _entries(cards: str | Path | None) -> dict[str, Traversable]:
    found: dict[str, Traversable] = {}
    for folder in _folders(cards):
        for entry in folder.iterdir():
            name = entry.name.removesuffix(".toml")
            if name == entry.name:
                continue
            given = {"name": name, "cards": [str(found.get(name)), str(entry)]}
            rule = "two cards have the same name; rename one of them"
            check(name not in found, _CALLER, rule, given)
            found[name] = entry
    return found


def _folders(cards: str | Path | None) -> Iterator[Traversable]:
    try:
        yield files("graphattn.datasets.catalogue")
    except ModuleNotFoundError:  # a checkout, or an editable install of one
        yield Path(__file__).parents[2] / "datasets"
    own = [*os.environ.get("GRAPHATTN_CARDS", "").split(os.pathsep), cards or ""]
    for folder in dict.fromkeys(Path(path).resolve() for path in own if path):
        rule = "there is no such folder of cards; correct GRAPHATTN_CARDS or cards="
        check(folder.is_dir(), _CALLER, rule, {"folder": str(folder)})
        yield folder


def _parse(name: str, entry: Traversable) -> Card:
    where = {"card": str(entry)}
    try:
        found = tomllib.loads(entry.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DataError(
            f"{_CALLER}: the card is not TOML: {error}. Got:\n  card = {str(entry)!r}"
        ) from None
    rule = "[[files]] must be a list of tables"
    listed = found.pop("files", [])
    whole = isinstance(listed, list) and all(isinstance(one, dict) for one in listed)
    check(whole, _CALLER, rule, {**where, "files": listed})
    filled = [File(**_checked(File, _with_list(one), where)) for one in listed]
    values = _checked(Card, {"name": name, **found}, where)
    rule = "reader must be a module of graphattn.datasets, as in social.edge_list"
    parts = values["reader"].split(".")
    plain = all(part.isidentifier() and not part.startswith("_") for part in parts)
    check(plain, _CALLER, rule, {**where, "reader": values["reader"]})
    return Card(**values, files=tuple(filled))


def _with_list(one: dict[str, Any]) -> dict[str, Any]:
    url = one.get("url", ())
    url = (url,) if isinstance(url, str) else url
    return {**one, "url": tuple(url) if isinstance(url, list) else url}


def _checked(
    kind: type[Card] | type[File], given: dict[str, Any], where: Mapping[str, str]
) -> dict[str, Any]:
    known = {f.name: f for f in fields(kind) if f.name != "files"}
    for key, value in given.items():
        named = {**where, "key": key, "nearest": nearest(key, known)}
        check(key in known, _CALLER, "a card has no such key", named)
        wanted = _KINDS.get(key, str)
        rule = f"{key} must be {_WORDS[wanted]}"
        check(isinstance(value, wanted), _CALLER, rule, {**where, key: value})
    missing = [f.name for f in known.values() if _needed(f) and not given.get(f.name)]
    rule = "the card lacks what every card must say; fill it in"
    check(not missing, _CALLER, rule, {**where, "missing": missing})
    return given


_KINDS: dict[str, type] = {
    "statistics": dict,
    "options": dict,
    "url": tuple,
    "size": int,
    "optional": bool,
}
_WORDS = {
    str: "text",
    dict: "a table",
    tuple: "an address, or a list of addresses",
    int: "a whole number",
    bool: "true or false",
}


def _needed(one: Field[Any]) -> bool:
    return one.default is MISSING and one.default_factory is MISSING

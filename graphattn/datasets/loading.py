"""`load`: a named dataset, or the user's own file."""

from collections.abc import Callable
from importlib import import_module
from inspect import Parameter, signature
from pathlib import Path
from typing import Any

from torch_geometric.data import Data

from graphattn.datasets.cards import card, names
from graphattn.datasets.errors import DataError, check
from graphattn.datasets.fetch import fetch
from graphattn.datasets.files import arguments, locate
from graphattn.datasets.graph_dataset import GraphDataset
from graphattn.datasets.nearest import nearest
from graphattn.datasets.sniff import reader_for

_CALLER = "datasets.load"


def load(
    name_or_path: str | Path,
    root: str | Path | None = None,
    *,
    download: bool = False,
    verify: bool = True,
    cards: str | Path | None = None,
    **options: Any,
) -> Data | GraphDataset:
    """Returns a named dataset, or what the user's own file holds.

    One graph is a PyG `Data` with `x`, `edge_index`, `y` and, beside them, `name`,
    `kind`, `task`, `node_names`, `class_names` and `report`; many graphs are a
    `GraphDataset`, whose items are such `Data`.

    Args:
        name_or_path: One of `names()`; or a csv or tsv with a SMILES column and a
            target; or an edge list.
        root: The folder that holds the files of a named dataset, in itself or in a
            subfolder; of a path, what it is relative to. Without it, and after it, the
            folders of `GRAPHATTN_DATA` and the cache are searched.
        download: Whether files of a named dataset that are nowhere are downloaded, into
            `root` or the cache.
        verify: Whether files of a named dataset must have the content that its card
            describes.
        cards: A folder of the user's own cards, beside those of `GRAPHATTN_CARDS`.
        options: Those of the reader: of `molecules.table.read` for a file of molecules,
            of `social.edge_list.read` for an edge list, of the card's reader for a
            name. A card's own options give way to these.

    Raises:
        DataError: There is no such dataset or file, it cannot be used, or an option is
            unknown; the message says where and what to do.
        ImportError: A package is missing; the message says which extra brings it.
    """
    if is_file(name_or_path, cards):
        path = Path(name_or_path) if root is None else Path(root) / name_or_path
        return _read(reader_for(path, options), options, path)
    found = card(str(name_or_path), cards)
    find = fetch if download else locate
    paths = arguments(find(found, root, verify=verify))
    given = {"name": found.name, **found.options, **options}
    return _read(found.reader, given, **paths)


def options_of(reader: str) -> tuple[str, ...]:
    """Returns the names of the options that a reader has.

    Args:
        reader: A module of `graphattn.datasets`, as a card names it.

    Raises:
        DataError: There is no such reader.
    """
    parameters = signature(_reader(reader)).parameters.items()
    return tuple(name for name, p in parameters if p.kind is Parameter.KEYWORD_ONLY)


def is_file(name_or_path: str | Path, cards: str | Path | None = None) -> bool:
    """Returns whether this is a path, or looks like one, and not a name.

    Args:
        name_or_path: What `load` takes.
        cards: A folder of the user's own cards.
    """
    if isinstance(name_or_path, Path):
        return True
    if name_or_path in names(cards):
        return False
    path = Path(name_or_path)
    return path.suffix != "" or len(path.parts) > 1 or path.exists()


def _read(
    reader: str, options: dict[str, Any], *paths: Path, **files: Any
) -> Data | GraphDataset:
    read, known = _reader(reader), options_of(reader)
    for option in options:
        check(
            option in known,
            _CALLER,
            "this dataset has no such option",
            {
                "option": option,
                "nearest": nearest(option, known),
                "known": list(known),
                "reader": reader,
            },
        )
    try:
        bound = signature(read).bind(*paths, **{**files, **options})
    except TypeError as error:  # a card that does not suit its reader
        raise DataError(
            f"{_CALLER}: the card does not suit its reader: {error}. Got:\n"
            f"  reader = {reader!r}\n  takes = {list(signature(read).parameters)}"
        ) from None
    return read(*bound.args, **bound.kwargs)


def _reader(name: str) -> Callable[..., Data | GraphDataset]:
    module = f"graphattn.datasets.{name}"
    try:
        found = getattr(import_module(module), "read", None)
    except ModuleNotFoundError as error:
        if not module.startswith(error.name or ""):
            raise
        found = None
    rule = "there is no such reader; name a module of graphattn.datasets with a `read`"
    check(found is not None, "datasets.card", rule, {"reader": name})
    assert found is not None
    return found

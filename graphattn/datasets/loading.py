"""`load`: a named dataset, or the user's own file."""

from collections.abc import Callable
from importlib import import_module
from inspect import Parameter, signature
from pathlib import Path
from typing import Any

from torch_geometric.data import Data

from graphattn.datasets.cards import card, names
from graphattn.datasets.errors import check
from graphattn.datasets.graph_dataset import GraphDataset
from graphattn.datasets.nearest import nearest
from graphattn.datasets.places import folder_of
from graphattn.datasets.sniff import reader_for

_CALLER = "datasets.load"


def load(
    name_or_path: str | Path, root: str | Path | None = None, **options: Any
) -> Data | GraphDataset:
    """Returns a named dataset, or what the user's own file holds.

    One graph is a PyG `Data` with `x`, `edge_index`, `y` and, beside them, `name`,
    `kind`, `task`, `node_names`, `class_names` and `report`; many graphs are a
    `GraphDataset`, whose items are such `Data`.

    Args:
        name_or_path: One of `names()`; or a csv or tsv with a SMILES column and a
            target; or an edge list.
        root: The folder that holds the files of a named dataset, where it is not the
            one of the package that ships them; of a path, what it is relative to.
        options: Those of the reader: of `molecules.table.read` for a file of molecules,
            of `social.edge_list.read` for an edge list, of the card's reader for a
            name. A card's own options give way to these.

    Raises:
        DataError: There is no such dataset or file, it cannot be used, or an option is
            unknown; the message says where and what to do.
        ImportError: A package is missing; the message says which extra brings it.
    """
    if _is_file(name_or_path):
        path = Path(name_or_path) if root is None else Path(root) / name_or_path
        return _read(reader_for(path, options), options, path)
    found = card(str(name_or_path))
    where = () if not found.folder else (folder_of(found.folder, root) / found.file,)
    return _read(found.reader, {"name": found.name, **found.options, **options}, *where)


def _is_file(name_or_path: str | Path) -> bool:
    if isinstance(name_or_path, Path):
        return True
    if name_or_path in names():
        return False
    path = Path(name_or_path)
    return path.suffix != "" or len(path.parts) > 1 or path.exists()


def _read(reader: str, options: dict[str, Any], *where: Path) -> Data | GraphDataset:
    read: Callable[..., Data | GraphDataset] = import_module(
        f"graphattn.datasets.{reader}"
    ).read
    known = [
        option
        for option, parameter in signature(read).parameters.items()
        if parameter.kind is Parameter.KEYWORD_ONLY
    ]
    for option in options:
        check(
            option in known,
            _CALLER,
            "this dataset has no such option",
            {
                "option": option,
                "nearest": nearest(option, known),
                "known": known,
                "reader": reader,
            },
        )
    return read(*where, **options)

"""From what the user typed to a task."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch_geometric.data import Data

from graphattn.compare.task import Task, prepare
from graphattn.datasets import GraphDataset, load, names
from graphattn.datasets.sniff import reader_for

_FOR_READER = {
    "molecules.table": ("smiles", "target"),
    "social.edge_list": ("labels", "label", "source", "destination"),
}


def load_task(name_or_path: str, options: Mapping[str, str | None]) -> Task:
    """Loads a named data set or a user's file.

    Args:
        name_or_path: What `graphattn.datasets.load` takes.
        options: smiles and target, or labels, label, source and destination, which
            describe files; a name needs none.
            With several files each gets those that suit it.

    Raises:
        ValueError: The data cannot be used; the message says where and what to do.
    """
    given = {key: value for key, value in options.items() if value is not None}
    data: Data | GraphDataset
    if name_or_path in names():
        data = load(name_or_path)
    else:
        data = _from_file(name_or_path, given)
    return prepare(data)


def _from_file(path: str, given: dict[str, Any]) -> Data | GraphDataset:
    kinds = [k for k, known in _FOR_READER.items() if set(known) & set(given)]
    if len(kinds) > 1:
        known = _FOR_READER[reader_for(Path(path), ())]
        given = {key: value for key, value in given.items() if key in known}
    return load(path, **given)

"""From what the user typed to a task."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch_geometric.data import Data

from graphattn._errors import require
from graphattn.compare.beside import files_beside
from graphattn.compare.task import Task, prepare
from graphattn.datasets import GraphDataset, card, load
from graphattn.datasets.loading import is_file, options_of
from graphattn.datasets.sniff import reader_for

_OF_MOLECULES = {"smiles", "target", "on_error"}
_OF_TIES = {"labels", "source", "destination", "feature_file"}
_WITHOUT_TARGET = {
    "molecules.smi": "write a csv with a column of SMILES and one of the target",
    "molecules.mol2": "write an sdf with the target as a property",
}
_FEW_NODES = {"patch": "auto", "size": "auto"}  # of an image


def load_task(name_or_path: str, options: Mapping[str, str | None]) -> Task:
    """Loads a named data set or a user's file.

    What the options do not say is guessed: the kind of file by its ending and its
    first rows, columns by their names and cells, a network's labels and features by
    files beside it that are called alike. Images are cut into at most 100 patches.

    Args:
        name_or_path: What `graphattn.datasets.load` takes.
        options: Those of readers, by name, which describe files; a name needs none.
            With several files each gets those that suit it.

    Raises:
        ValueError: The data cannot be used; the message says where and what to do.
    """
    given = {key: value for key, value in options.items() if value is not None}
    if not is_file(name_or_path):
        known = options_of(card(name_or_path).reader)
        few: dict[str, Any] = {k: v for k, v in _FEW_NODES.items() if k in known}
        return prepare(load(name_or_path, **few))
    return prepare(_from_file(Path(name_or_path), given))


def _from_file(path: Path, given: dict[str, Any]) -> Data | GraphDataset:
    both = bool(_OF_MOLECULES & set(given)) and bool(_OF_TIES & set(given))
    reader = reader_for(path, () if both else given)
    known = options_of(reader)
    suiting = {key: value for key, value in given.items() if key in known}
    # Where nothing suits, the reader says so.
    chosen: dict[str, Any] = suiting or given
    if "target" in chosen and "," in chosen["target"]:
        chosen["target"] = [name.strip() for name in chosen["target"].split(",")]
    chosen |= {key: value for key, value in _FEW_NODES.items() if key in known}
    if "labels" in known and "labels" not in chosen:
        near = files_beside(path)
        chosen = {k: str(file) for k, file in near.items() if k in known} | chosen
    data = load(path, **chosen)
    untold = isinstance(data, GraphDataset) and not data.target_names
    advice = _WITHOUT_TARGET.get(reader, "")
    rule = f"a file of this kind names no target to learn; {advice}"
    require(not (untold and advice), "compare", rule, {"file": path.name})
    return data

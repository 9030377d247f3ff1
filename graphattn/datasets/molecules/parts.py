"""Reads tables of molecules that are split already: one file per part."""

from collections.abc import Sequence
from pathlib import Path

from graphattn.datasets.molecules import table
from graphattn.datasets.molecules.reader import reader
from graphattn.datasets.molecules.records import Records, joined
from graphattn.datasets.molecules.targets import Task


def records(
    train: Path,
    val: Path,
    test: Path,
    *,
    smiles: str | None = None,
    target: str | Sequence[str] | None = None,
    id: str | None = None,
    task: Task | None = None,
) -> Records:
    """Reads three tables one after the other, and remembers which part each row is in.

    Rows count from 1 in each file; `skipped` names the file.

    Args:
        train: Table of the molecules to learn from.
        val: Table of those that choose the model.
        test: Table of those that judge it.
        smiles: As for one table.
        target: As for one table.
        id: As for one table.
        task: As for one table.

    Raises:
        DataError: A file cannot be used, or the tables differ in their targets.
    """
    found = []
    for part, path in (("train", train), ("val", val), ("test", test)):
        one = table.records(path, smiles=smiles, target=target, id=id, task=task)
        one.parts = [part] * len(one.texts)
        found.append(one)
    return joined(found)


read = reader(records)

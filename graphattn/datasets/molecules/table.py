"""Reads a csv or tsv with a SMILES column and one or several targets."""

from collections.abc import Sequence
from pathlib import Path

from graphattn.datasets.errors import OnError, Problems, check
from graphattn.datasets.graph_dataset import GraphDataset
from graphattn.datasets.molecules.build import Records, Representation, build
from graphattn.datasets.molecules.graph import parse
from graphattn.datasets.numbers import number
from graphattn.datasets.tables import Table, plain_name, read_table

_CALLER = "datasets.load"
SMILES_NAMES = (
    "smiles",
    "smi",
    "canonicalsmiles",
    "isomericsmiles",
    "rdkitsmiles",
    "mol",
    "molecule",
    "structure",
)
_TARGET_NAMES = ("target", "y", "label", "activity", "value", "measured", "act")
_ID_NAMES = (
    "",
    "unnamed0",
    "id",
    "index",
    "name",
    "cmpdid",
    "compoundid",
    "moleculeid",
    "molid",
)


def read(
    path: Path,
    *,
    smiles: str | None = None,
    target: str | Sequence[str] | None = None,
    on_error: OnError = "raise",
    representation: Representation = "graph",
    name: str | None = None,
    columns: Sequence[str] | None = None,
    delimiter: str | None = None,
    comment: str | None = None,
    encoding: str | None = None,
) -> GraphDataset:
    """Reads molecules and their targets from a table.

    Args:
        path: The file.
        smiles: Name of the SMILES column; by default found by its name, else by its
            cells.
        target: Name of the target column, or several; by default the only other
            column, else the only one of numbers, else the one whose name says so.
        on_error: What to do with a row whose SMILES does not parse or whose target is
            no number: "raise", or "skip" it and list it in `skipped`.
        representation: "graph" for atoms and bonds, "characters" for the string.
        name: Of the dataset; by default that of the file.
        columns: Names of the columns of a file without header.
        delimiter: By default found out.
        comment: Lines that begin with one of these characters are no rows.
        encoding: By default UTF-8, or UTF-16 where its mark says so.

    Raises:
        DataError: The file cannot be used; the message names file, row and value.
    """
    table = read_table(
        path, columns=columns, delimiter=delimiter, comment=comment, encoding=encoding
    )
    smiles_at = _smiles_column(table, smiles)
    targets_at = _target_columns(table, target, smiles_at)
    problems = Problems(_CALLER, table.file, on_error)
    records = Records(
        table.columns[smiles_at], [table.columns[index] for index in targets_at]
    )
    for row in table.rows:
        values = [number(row.cells[index]) for index in targets_at]
        if None in values:
            bad = targets_at[values.index(None)]
            problems.add(
                "the target is not a number",
                "correct it",
                row=row.row,
                line=row.line,
                column=table.columns[bad],
                value=row.cells[bad],
            )
        else:
            kept = [value for value in values if value is not None]
            records.add(row.cells[smiles_at], kept, row.row, row.line)
    return build(
        records, problems, name=name or path.stem, representation=representation
    )


def _smiles_column(table: Table, smiles: str | None) -> int:
    if smiles is not None:
        return table.index(smiles, "smiles")
    guess = table.guess(SMILES_NAMES)
    if guess is not None:
        return table.columns.index(guess)
    found = [
        i for i in range(len(table.columns)) if looks_like_smiles(table.values(i)[:20])
    ]
    check(
        len(found) == 1,
        _CALLER,
        "cannot tell which column holds the SMILES; name it with smiles=",
        {
            "file": table.file,
            "columns": list(table.columns),
            "columns that parse as SMILES": [table.columns[i] for i in found],
        },
    )
    return found[0]


def looks_like_smiles(cells: Sequence[str]) -> bool:
    """Returns whether nearly all cells parse as SMILES and they are not numbers.

    Args:
        cells: Some of a column.
    """
    cells = [cell for cell in cells if cell]
    if not cells or all(number(cell) is not None for cell in cells):
        return False
    return sum(parse(cell)[0] is not None for cell in cells) > 0.8 * len(cells)


def _target_columns(
    table: Table, target: str | Sequence[str] | None, smiles_at: int
) -> list[int]:
    if target is not None:
        named = [target] if isinstance(target, str) else list(target)
        check(len(named) > 0, _CALLER, "target names no column", {"target": target})
        return [table.index(column, "target") for column in named]
    others = [
        index
        for index, column in enumerate(table.columns)
        if index != smiles_at and plain_name(column) not in _ID_NAMES
    ]
    numeric = [index for index in others if _mostly_numbers(table.values(index))]
    if len(others) == 1:
        numeric = others
    if len(numeric) > 1:
        by_name = {plain_name(table.columns[index]): index for index in numeric}
        numeric = [by_name[name] for name in _TARGET_NAMES if name in by_name][:1]
    check(
        len(numeric) == 1,
        _CALLER,
        "cannot tell which column holds the target; name it, or several, with target=",
        {"file": table.file, "columns": list(table.columns)},
    )
    return numeric


def _mostly_numbers(cells: Sequence[str]) -> bool:
    # More than half, so that the one cell that is no number is reported by its row.
    return sum(number(cell) is not None for cell in cells) > 0.5 * len(cells)

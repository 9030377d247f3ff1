"""Reads a csv, tsv or parquet with a column of SMILES or InChI, and targets."""

from collections.abc import Sequence
from pathlib import Path

from graphattn.datasets.compressed import plain_suffix
from graphattn.datasets.errors import check
from graphattn.datasets.molecules.parquet import read_parquet
from graphattn.datasets.molecules.parsing import Notation, parse
from graphattn.datasets.molecules.reader import reader
from graphattn.datasets.molecules.records import Records, part_of
from graphattn.datasets.molecules.targets import Task, add_targets, target_columns
from graphattn.datasets.numbers import number
from graphattn.datasets.tables import Table, read_table

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
    "inchi",
    "standardinchi",
)


def records(
    path: Path,
    positions: Path | None = None,
    *,
    smiles: str | None = None,
    target: str | Sequence[str] | None = None,
    id: str | None = None,
    split: str | None = None,
    task: Task | None = None,
    columns: Sequence[str] | None = None,
    delimiter: str | None = None,
    comment: str | None = None,
    encoding: str | None = None,
) -> Records:
    """Reads molecules and their targets from a table.

    A target that stands in the file as a list, such as ``[0, 1, 0]``, is as many
    targets as it has entries. Of several targets some may be missing: an empty cell,
    or one of nan, na, n/a, null and none, becomes NaN.

    Args:
        path: The file; parquet by its name, else text.
        positions: A pickle of the rows, from 0, of ``train``, ``val`` and ``test``.
        smiles: Name of the column of SMILES or InChI; by default found by its name,
            else by its cells.
        target: Name of the target column, or several; none for ``[]``, all columns
            that are nothing else for ``*``. By default the only other column, else the
            only one of numbers, else the one whose name says so.
        id: Name of the column that says what a molecule is called; by default found by
            its name.
        split: Name of the column that says which part a molecule belongs to.
        task: "regression" or "classification"; by default it is classes where all
            values are 0 or 1, or where the column has no number and few values.
        columns: Names of the columns of a file without header.
        delimiter: By default found out.
        comment: Lines that begin with one of these characters are no rows.
        encoding: By default UTF-8, or UTF-16 where its mark says so.

    Raises:
        DataError: The file cannot be used; the message names file, row and value.
    """
    if plain_suffix(path) in (".parquet", ".pq"):
        table = read_parquet(path)
    else:
        table = read_table(
            path,
            columns=columns,
            delimiter=delimiter,
            comment=comment,
            encoding=encoding,
        )
    found = from_table(
        table,
        smiles_column(table, smiles),
        target=target,
        id=id,
        split=split,
        task=task,
    )
    if positions is not None:
        found.parts = _parts(positions, len(found.texts))
    return found


read = reader(records)


def from_table(
    table: Table,
    text_at: int,
    *,
    target: str | Sequence[str] | None,
    id: str | None,
    split: str | None,
    task: Task | None,
    notation: Notation | None = None,
) -> Records:
    """Returns the molecules of a table; options as in `records`.

    Args:
        table: One molecule per row.
        text_at: Column of the molecule's text.
        target: Name of the target column, or several.
        id: Name of the column of names.
        split: Name of the column of parts.
        task: "regression" or "classification".
        notation: Of the texts; by default SMILES, or InChI where they begin so.
    """
    id_at = None if id is None else table.index(id, "id")
    split_at = None if split is None else table.index(split, "split")
    chosen = target_columns(table, target, {text_at, id_at, split_at})
    if id is None:
        id_at = _id_column(table, {text_at, split_at, *chosen})
    texts = table.values(text_at)
    if notation is None:
        notation = "inchi" if texts[0].startswith("InChI=") else "smiles"
    out = Records(table.file, table.columns[text_at], notation=notation, texts=texts)
    out.rows = [row.row for row in table.rows]
    out.lines = [row.line for row in table.rows]
    if id_at is not None:
        out.ids = table.values(id_at)
    if split_at is not None:
        where = {"file": table.file, "column": split}
        out.parts = [part_of(word, where) for word in table.values(split_at)]
    add_targets(out, table, chosen, task, named=target is not None)
    return out


_ID_NAMES = ("id", "name", "cmpdid", "compoundid", "moleculeid", "molid", "identifier")
_ID_NAMES += ("title", "chemblid", "zincid", "cas", "index", "unnamed0", "")


def _id_column(table: Table, taken: set[int | None]) -> int | None:
    guess = table.guess(_ID_NAMES)
    at = None if guess is None else table.columns.index(guess)
    return None if at in taken else at


def smiles_column(table: Table, smiles: str | None) -> int:
    """Returns the position of the column of SMILES, found where it is not named.

    Args:
        table: One molecule per row.
        smiles: Its name.

    Raises:
        DataError: There is no such column, or it cannot be told which is meant.
    """
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


def _parts(path: Path, count: int) -> list[str]:
    from graphattn.datasets.pickles import read_pickle

    found = read_pickle(path)
    parts = [""] * count
    whole = isinstance(found, dict) and set(found) <= {"train", "val", "test"}
    rule = "the split must be a mapping of train, val and test to rows of the table"
    check(whole, _CALLER, rule, {"file": path.name, "keys": [*found][:9]})
    for part, rows in found.items():
        for row in map(int, rows):
            inside = 0 <= row < count and parts[row] == ""
            rule = "each row of the split must be in the table, and in one part only"
            check(inside, _CALLER, rule, {"file": path.name, "part": part, "row": row})
            parts[row] = part
    return parts

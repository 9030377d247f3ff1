"""Which columns of a table are targets, and the numbers or classes in them."""

import json
from collections.abc import Sequence, Set
from typing import Literal

from graphattn.datasets.errors import check
from graphattn.datasets.molecules.records import MISSING, Fault, Records
from graphattn.datasets.numbers import number
from graphattn.datasets.tables import Table, plain_name

_CALLER = "datasets.load"
Task = Literal["regression", "classification"]
_MISSING_WORDS = ("", "nan", "na", "n/a", "null", "none")
_TARGET_NAMES = ("target", "y", "label", "activity", "value", "measured", "act")
_TARGET_NAMES += ("expt", "exp", "experimental", "class", "pic50")
_TARGET_BEGINS = ("measured", "experimental")
_NO_TARGET_NAMES = (
    "",
    "unnamed0",
    "id",
    "index",
    "num",
    "number",
    "name",
    "cmpdid",
    "compoundid",
    "moleculeid",
    "molid",
)
_MOST_CLASSES = 1_000


def target_columns(
    table: Table, target: str | Sequence[str] | None, taken: Set[int | None]
) -> list[int]:
    """Returns the columns of the targets, guessed where they are not named.

    Args:
        table: One molecule per row.
        target: Name of the column, or several; none for an empty list; ``*`` for all
            columns that are nothing else.
        taken: Columns that are something else.

    Raises:
        DataError: There is no such column, or it cannot be told which is meant.
    """
    others = [
        index
        for index, column in enumerate(table.columns)
        if index not in taken and plain_name(column) not in _NO_TARGET_NAMES
    ]
    if target == "*":
        return others
    if target is not None:
        named = [target] if isinstance(target, str) else list(target)
        return [table.index(column, "target") for column in named]
    others = [index for index in others if not _counts(table.values(index))]
    numeric = [index for index in others if _mostly_numbers(table.values(index))]
    if len(others) <= 1:
        numeric = others
    if len(numeric) > 1:
        by_name = {plain_name(table.columns[index]): index for index in numeric}
        known = [by_name[name] for name in _TARGET_NAMES if name in by_name]
        begin = [at for name, at in by_name.items() if name.startswith(_TARGET_BEGINS)]
        numeric = (known or begin)[:1]
    check(
        len(numeric) == 1 or not others,
        _CALLER,
        "cannot tell which column holds the target; name it, or several, with target=",
        {"file": table.file, "columns": list(table.columns)},
    )
    return numeric


def _counts(cells: Sequence[str]) -> bool:
    """Whether these are the numbers of the rows, from 0 or 1."""
    if len(cells) < 3 or cells[0] not in ("0", "1"):
        return False
    first = int(cells[0])
    return all(cell == str(row) for row, cell in enumerate(cells, start=first))


def _mostly_numbers(cells: Sequence[str]) -> bool:
    # More than half, so that the one cell that is no number is reported by its row.
    return sum(number(cell) is not None for cell in cells) > 0.5 * len(cells)


def add_targets(
    records: Records,
    table: Table,
    chosen: Sequence[int],
    task: Task | None,
    *,
    named: bool,
) -> None:
    """Adds the targets of every row, and the faults of those that are none.

    Args:
        records: Gets one list of targets per row.
        table: One molecule per row.
        chosen: Columns of the targets.
        task: "regression" or "classification"; None to find out.
        named: Whether the user named the columns.

    Raises:
        DataError: Columns are chosen that cannot be classes.
    """
    rule = 'task must be "regression" or "classification"'
    check(task in (None, "regression", "classification"), _CALLER, rule, {"task": task})
    cells = [table.values(index) for index in chosen]
    records.target_names = [table.columns[index] for index in chosen]
    records.task = task or ""
    if len(cells) == 1 and _is_classes(cells[0], task, named):
        _add_classes(records, cells[0])
    elif len(cells) == 1 and cells[0][0].startswith("["):
        _add_lists(records, cells[0])
    else:
        _add_numbers(records, cells)


def _is_classes(cells: Sequence[str], task: Task | None, named: bool) -> bool:
    if task is not None or cells[0].startswith("["):
        return task == "classification" and not cells[0].startswith("[")
    known = {cell for cell in cells if cell.lower() not in _MISSING_WORDS}
    # A column that nobody named, and every cell is another, is hardly of classes.
    few = 2 <= len(known) <= max(2 * named, len(cells) // 2)
    return few and all(number(cell) is None for cell in known)


def _add_classes(records: Records, cells: Sequence[str]) -> None:
    known = {cell for cell in cells if cell.lower() not in _MISSING_WORDS}
    given = {"file": records.file, "column": records.target_names[0]}
    rule = f"a classification needs from 2 to {_MOST_CLASSES} different values"
    right = 2 <= len(known) <= _MOST_CLASSES
    check(right, _CALLER, rule, {**given, "different values": len(known)})
    numbers = {cell: number(cell) for cell in known}
    names = sorted(known, key=lambda cell: (numbers[cell] or 0.0, cell))
    codes = {cell: float(code) for code, cell in enumerate(names)}
    records.class_names = tuple(names)
    records.targets = [[codes.get(cell, MISSING)] for cell in cells]
    for index, cell in enumerate(cells):
        if cell not in codes:
            column = records.target_names[0]
            records.faults.append(
                Fault(index, "the class is missing", "fill it in", column, cell)
            )


def _add_lists(records: Records, cells: Sequence[str]) -> None:
    column, width = records.target_names[0], 0
    for index, cell in enumerate(cells):
        values = _list(cell)
        width = width or len(values)
        if width == 0 or len(values) != width:
            reason = f"the target is not a list of {width or 'some'} numbers"
            records.faults.append(Fault(index, reason, "correct it", column, cell))
            values = [MISSING] * width
        records.targets.append(values)
    # Rows before the first list that can be read do not know its length yet.
    records.targets = [row or [MISSING] * width for row in records.targets]
    records.target_names = [f"{column}[{at}]" for at in range(width)]


def _list(cell: str) -> list[float]:
    try:
        found = json.loads(cell)
    except (ValueError, RecursionError):
        return []
    if not isinstance(found, list):
        return []
    values = [number(str(one)) for one in found if not isinstance(one, list | dict)]
    return [MISSING if value is None else value for value in values]


def _add_numbers(records: Records, cells: Sequence[Sequence[str]]) -> None:
    names = records.target_names
    for index, row in enumerate(zip(*cells, strict=True)):
        values = [number(cell) for cell in row]
        records.targets.append([MISSING if v is None else v for v in values])
        several = len(row) > 1
        for name, cell, value in zip(names, row, values, strict=True):
            if value is None and not (several and cell.lower() in _MISSING_WORDS):
                reason = "the target is not a number"
                records.faults.append(Fault(index, reason, "correct it", name, cell))
                break
        else:
            if several and not any(value is not None for value in values):
                reason = "all targets are missing"
                fault = Fault(index, reason, "fill in one", names[0], row[0])
                records.faults.append(fault)
    if not cells:
        records.targets = [[] for _ in records.texts]

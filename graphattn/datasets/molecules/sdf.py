"""Reads an SDF: MOL blocks, each followed by named properties."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from graphattn.datasets.errors import check
from graphattn.datasets.molecules.reader import reader
from graphattn.datasets.molecules.records import Records
from graphattn.datasets.molecules.table import from_table
from graphattn.datasets.molecules.targets import Task
from graphattn.datasets.tables import Row, Table, read_text

_CALLER = "datasets.load"
_BLOCK, _TITLE, _END = "MOL block", "title", "$$$$"


def records(
    path: Path,
    *,
    target: str | Sequence[str] | None = None,
    id: str | None = None,
    split: str | None = None,
    task: Task | None = None,
    encoding: str | None = None,
) -> Records:
    """Reads molecules with their properties from an SDF, or one from a MOL file.

    Atoms are in the order of the file; its hydrogens are nodes only where
    `hydrogens=True` asks for all of them. A property that a molecule lacks is missing.

    Args:
        path: The file.
        target: Name of the property to predict, or several; none for ``[]``. By
            default the only one, else the only one of numbers, else the one whose name
            says so; none where there is no property.
        id: Name of the property that says what a molecule is called; by default its
            title, the first line of the block.
        split: Name of the property that says which part a molecule belongs to.
        task: "regression" or "classification"; by default as for a table.
        encoding: By default UTF-8, or UTF-16 where its mark says so.

    Raises:
        DataError: The file cannot be used; the message names file, record and value.
    """
    text = read_text(path, encoding).replace("\r\n", "\n").replace("\r", "\n")
    found = list(_records(text.split("\n")))
    check(len(found) > 0, _CALLER, "the file has no molecule", {"file": path.name})
    names = dict.fromkeys(name for _, _, values in found for name in values)
    check(
        not {_BLOCK, _TITLE} & set(names),
        _CALLER,
        f"a property may not be called {_BLOCK!r} or {_TITLE!r}; rename it",
        {"file": path.name, "properties": list(names)},
    )
    titled = any(block.partition("\n")[0].strip() for _, block, _ in found)
    columns = (_BLOCK, *([_TITLE] if titled else []), *names)
    rows = [
        Row(
            number,
            line,
            (
                block,
                *([block.partition("\n")[0].strip()] if titled else []),
                *(values.get(name, "") for name in names),
            ),
        )
        for number, (line, block, values) in enumerate(found, start=1)
    ]
    return from_table(
        Table(path.name, columns, tuple(rows)),
        0,
        target=target,
        id=id if id is not None or not titled else _TITLE,
        split=split,
        task=task,
        notation="mol block",
    )


read = reader(records)


def _records(lines: Sequence[str]) -> Iterator[tuple[int, str, dict[str, str]]]:
    start = 0
    for at, line in enumerate([*lines, _END]):
        if not line.startswith(_END):
            continue
        record = lines[start:at]
        if any(part.strip() for part in record):
            ends = (k for k, part in enumerate(record) if part.startswith("M  END"))
            end = next(ends, len(record) - 1) + 1
            yield start + 1, "\n".join(record[:end]) + "\n", _properties(record[end:])
        start = at + 1


def _properties(lines: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    name, values = "", []
    for line in (*lines, ">"):
        if not line.startswith(">"):
            values.append(line)
            continue
        if name:
            found[name] = "\n".join(values).strip()
        opening, closing = line.find("<"), line.rfind(">")
        name = line[opening + 1 : closing].strip() if 0 < opening < closing else ""
        values = []
    return found

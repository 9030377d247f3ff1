"""Splits written down: json or csv, so that others judge on the same items."""

import csv
import io
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from graphattn.datasets.errors import check
from graphattn.datasets.json_file import parse_json
from graphattn.datasets.links import LinkSplit
from graphattn.datasets.splits import Split
from graphattn.datasets.tables import read_table

_CALLER = "splits.read"


def write(split: Split | LinkSplit, path: str | Path) -> None:
    """Writes a split to a json or csv file, whole or not at all.

    A json has a list per part. A csv has a row per item: the part and the position, or
    for links the part and both ends.

    Args:
        split: What to write.
        path: The file; its suffix decides.

    Raises:
        DataError: The suffix is neither.
    """
    path = Path(path)
    rule = "a split is written to a .json or a .csv"
    good = path.suffix in (".json", ".csv")
    check(good, "splits.write", rule, {"file": path.name})
    parts = {part: values.tolist() for part, values in split._asdict().items()}
    text = _json(parts) if path.suffix == ".json" else _csv(parts)
    with tempfile.NamedTemporaryFile(
        "w", dir=path.parent, delete=False, encoding="utf-8", newline=""
    ) as file:
        file.write(text)
    os.replace(file.name, path)


def read(path: str | Path) -> Split | LinkSplit:
    """Reads a split that `write` wrote.

    Args:
        path: The json or csv file.

    Raises:
        DataError: The file is no split; the message names part and value.
    """
    path = Path(path)
    parts = _from_json(path) if path.suffix == ".json" else _from_csv(path)
    nested = any(values.dim() > 1 for values in parts.values())
    kinds = [LinkSplit] if nested else [Split]
    kinds = [kind for kind in kinds if set(parts) <= set(kind._fields)]
    rule = "the file is no split"
    check(bool(kinds and parts), _CALLER, rule, {"file": path.name, "parts": [*parts]})
    kind = kinds[0]
    empty = torch.empty((0,) if kind is Split else (2, 0), dtype=torch.long)
    for part, values in parts.items():
        right = values.dim() == empty.dim() and (kind is Split or len(values) == 2)
        given = {"file": path.name, "part": part, "values": values}
        check(right, _CALLER, "a part has not the form of the others", given)
    return kind(**{part: parts.get(part, empty) for part in kind._fields})


def _json(parts: Mapping[str, list]) -> str:
    rows = (f'  "{part}": {values}' for part, values in parts.items())
    return "{\n" + ",\n".join(rows) + "\n}\n"


def _csv(parts: Mapping[str, list]) -> str:
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    of_links = "edge_index" in parts
    rows.writerow(["part", "source", "target"] if of_links else ["part", "item"])
    for part, values in parts.items():
        pairs = zip(*values, strict=True) if of_links else ((v,) for v in values)
        rows.writerows([part, *pair] for pair in pairs)
    return text.getvalue()


def _from_json(path: Path) -> dict[str, Tensor]:
    found = parse_json(path)
    check(isinstance(found, dict), _CALLER, "the file is no split", {"file": path.name})
    parts = {}
    for part, values in found.items():
        given = {"file": path.name, "part": part}
        rule = "a part must be a list of positions, or a list of sources and one of "
        rule += "targets"
        check(isinstance(values, list), _CALLER, rule, given)
        nested = len(values) == 2 and all(isinstance(v, list) for v in values)
        flat = [v for one in values for v in one] if nested else values
        good = all(type(v) is int and 0 <= v < 1 << 60 for v in flat)
        even = not nested or len(values[0]) == len(values[1])
        check(good and even, _CALLER, rule, given)
        parts[part] = torch.tensor(values, dtype=torch.long)
    return parts


def _from_csv(path: Path) -> dict[str, Tensor]:
    table = read_table(path)
    good = len(table.columns) in (2, 3) and table.columns[0] == "part"
    rule = "a split has the columns part and item, or part, source and target"
    given = {"file": table.file, "columns": list(table.columns)}
    check(good, _CALLER, rule, given)
    rows: dict[str, list[list[int]]] = {}
    for row in table.rows:
        part, *cells = row.cells
        given = {"file": table.file, "line": row.line, "value": cells}
        digits = all(cell.isascii() and cell.isdigit() for cell in cells)
        rule = "a position must be an integer from 0"
        check(digits and max(map(len, cells)) < 19, _CALLER, rule, given)
        rows.setdefault(part, []).append([int(cell) for cell in cells])
    flat = len(table.columns) == 2
    found = {part: torch.tensor(values).t() for part, values in rows.items()}
    return {k: v[0] if flat else v.contiguous() for k, v in found.items()}

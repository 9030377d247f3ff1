"""Reads tables of nodes whose cells have types: json and parquet."""

import math
from io import BytesIO
from pathlib import Path
from typing import Any

from graphattn.datasets.compressed import plain_suffix, read_bytes
from graphattn.datasets.errors import DataError, check
from graphattn.datasets.extras import need
from graphattn.datasets.json_file import parse_json
from graphattn.datasets.tables import Row, Table

_CALLER = "datasets.load"


def typed_table(path: Path) -> Table:
    """Reads a json or a parquet as a table of text; what is missing is empty.

    A json is a list of objects, one per node, or an object with one object per id.

    Args:
        path: The file; a json may be packed.

    Raises:
        DataError: The file is damaged, or no table.
    """
    parquet = plain_suffix(path) == ".parquet"
    columns, rows = (_parquet if parquet else _json)(path)
    given = {"file": path.name, "columns": columns}
    check(len(rows) > 0 and len(columns) > 0, _CALLER, "the file has no row", given)
    numbered = (
        Row(
            at,
            0,
            tuple(_cell(path, at, *pair) for pair in zip(columns, row, strict=True)),
        )
        for at, row in enumerate(rows, start=1)
    )
    return Table(path.name, tuple(columns), tuple(numbered))


def _cell(path: Path, row: int, column: str, value: object) -> str:
    rule = "a cell must hold one number or text; move what is nested to columns"
    given = {"file": path.name, "row": row, "column": column, "value": value}
    nested = isinstance(value, list | dict | tuple | bytes)
    check(not nested, _CALLER, rule, given)
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return "" if value is None else "nan"
    return str(value).strip()


def _json(path: Path) -> tuple[list[str], list[list[Any]]]:
    found = parse_json(path)
    if isinstance(found, dict) and all(isinstance(v, dict) for v in found.values()):
        found = [{"id": key, **values} for key, values in found.items()]
    good = isinstance(found, list) and all(isinstance(row, dict) for row in found)
    rule = (
        'a table of nodes must be a list of objects, [{"id": 7, "age": 31}, ...], or '
    )
    rule += 'an object with one object per id, {"7": {"age": 31}, ...}'
    check(good, _CALLER, rule, {"file": path.name})
    columns = list(dict.fromkeys(key for row in found for key in row))
    return columns, [[row.get(key) for key in columns] for row in found]


def _parquet(path: Path) -> tuple[list[str], list[list[Any]]]:
    pl = need("polars", "social")
    raw = read_bytes(path)
    check(raw.endswith(b"PAR1"), _CALLER, "the file is no parquet", {"file": path.name})
    panic = pl.exceptions.PanicException  # what polars raises on some damaged files
    try:
        frame = pl.read_parquet(BytesIO(raw))
        rows = [list(row) for row in frame.rows()]
    except (pl.exceptions.PolarsError, panic, OSError, ValueError) as error:
        rule = "the file is damaged, or of a kind of parquet that polars cannot read"
        text = f"{_CALLER}: {rule}: {str(error).splitlines()[0]}. Got:"
        raise DataError(f"{text}\n  file = {path.name!r}") from None
    return frame.columns, rows

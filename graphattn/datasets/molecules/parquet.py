"""Reads a parquet file as a table of text."""

from pathlib import Path
from typing import Any

from graphattn.datasets.compressed import read_bytes
from graphattn.datasets.errors import DataError, check
from graphattn.datasets.extras import need
from graphattn.datasets.tables import Row, Table

_CALLER = "datasets.load"


def read_parquet(path: Path) -> Table:
    """Returns the rows of a parquet file; what is null there is an empty cell.

    Args:
        path: The file, compressed or not.

    Raises:
        DataError: The file is damaged or has no row.
        ImportError: polars is not installed.
    """
    polars: Any = need("polars", "social")
    try:
        frame = polars.read_parquet(read_bytes(path))
    except (polars.exceptions.PolarsError, OSError, ValueError) as error:
        first = str(error).strip().partition("\n")[0]
        raise DataError(
            f"{_CALLER}: the file is not a parquet table: {first}. Got:\n"
            f"  file = {path.name!r}"
        ) from None
    check(len(frame) > 0, _CALLER, "the file has no row", {"file": path.name})
    rows = (
        Row(at, at, tuple("" if cell is None else str(cell).strip() for cell in cells))
        for at, cells in enumerate(frame.iter_rows(), start=1)
    )
    return Table(path.name, tuple(frame.columns), tuple(rows))

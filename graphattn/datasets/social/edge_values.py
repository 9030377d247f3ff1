"""Times and attributes of ties, from columns of text."""

from typing import Any

import torch
from torch import Tensor

from graphattn.datasets.errors import check
from graphattn.datasets.extras import need
from graphattn.datasets.social.edge_rows import EdgeRows

_CALLER = "datasets.load"


def read_times(column: Any, rows: EdgeRows) -> Tensor:
    """Returns the times of ties: integers, other numbers, or seconds since 1970.

    Args:
        column: A polars series of text.
        rows: Where it comes from, for messages.

    Raises:
        DataError: A cell is neither a number nor a date.
    """
    pl = need("polars", "social")
    found = None
    for kind in (pl.Int64, pl.Float64):
        found = column.cast(kind, strict=False)
        if found.null_count() == 0:
            break
    else:
        found = _dates(column)
    bad = found.is_null()
    if found.dtype == pl.Float64:
        bad = ~found.is_finite()
    elif bad.any():  # among dates a number is as bad, but not what to name first
        neither = bad & column.cast(pl.Float64, strict=False).is_null()
        bad = neither if neither.any() else bad
    if bad.any():
        row = int(bad.arg_max() or 0)
        check(
            False,
            _CALLER,
            "the time of a tie is neither a number nor a date such as 2004-05-31 or "
            "2004-05-31 13:30:00; correct it, or name another time=",
            {
                "file": rows.file,
                "row": row + 1,
                "line": rows.line(row + 1),
                "column": column.name,
                "value": column[row],
            },
        )
    return torch.from_numpy(found.to_numpy(writable=True))


def _dates(column: Any) -> Any:
    pl = need("polars", "social")
    text = column.str.replace("T", " ", literal=True).str.strip_suffix("Z")
    found = text.str.to_datetime("%Y-%m-%d %H:%M:%S%.f", strict=False)
    days = text.str.to_datetime("%Y-%m-%d", strict=False)
    return found.fill_null(days).dt.epoch("s").cast(pl.Int64)


def read_attributes(columns: dict[str, Any]) -> dict[str, Any]:
    """Returns columns of text as numbers where all cells are, None where empty.

    Args:
        columns: Polars series of text, by name.
    """
    pl = need("polars", "social")
    found: dict[str, Any] = {}
    for name, column in columns.items():
        numbers = column.cast(pl.Float64, strict=False)
        empty = column == ""
        if (numbers.is_null() == empty).all():
            whole = not empty.any()
            found[name] = numbers.to_numpy() if whole else numbers.to_list()
        else:
            found[name] = [cell or None for cell in column.to_list()]
    return found

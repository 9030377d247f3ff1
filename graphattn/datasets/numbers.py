"""Numbers in the cells of a table."""

import math


def number(cell: str) -> float | None:
    """Returns the finite number that `cell` holds, or None.

    Args:
        cell: Text.
    """
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if math.isfinite(value) else None

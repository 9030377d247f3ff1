"""Attributes of nodes become features, by the type of their values."""

import math
from collections.abc import Mapping, Sequence
from numbers import Real
from typing import Literal, NamedTuple

import numpy as np
from jaxtyping import Float
from torch import Tensor

from graphattn.datasets.columns import Columns, fit
from graphattn.datasets.errors import check

Nan = Literal["raise", "missing"]


class Features(NamedTuple):
    """Features, and what was done to get them.

    Attributes:
        x: One column per name.
        names: ``age``, ``city=Bonn``, ``age is missing``.
        missing: How many nodes lack each attribute, where any do.
        ignored: The attributes that are no features, and why.
        columns: What encodes attributes, and decodes features.
    """

    x: Float[Tensor, "num_nodes num_features"]
    names: tuple[str, ...]
    missing: dict[str, int]
    ignored: dict[str, str]
    columns: Columns


def encode(
    attributes: Mapping[str, Sequence[object] | np.ndarray],
    node_names: Sequence[str],
    *,
    caller: str,
    nan: Nan = "raise",
    codings: Mapping[str, str] | None = None,
    rows: Sequence[int] | None = None,
) -> Features:
    """Turns attributes into features.

    Numbers and vectors of numbers are standardised over the nodes that have them, and
    a missing one becomes 0, the mean, with a column beside it that says so. Texts
    become one column per value, and a missing one is 0 in all.

    Args:
        attributes: The values of each, one per node; None where a node has none.
        node_names: Names of the nodes, for messages.
        caller: The public name the user called.
        nan: Whether a number that is NaN is an error or a missing value.
        codings: Of some attributes, where not the default.
        rows: The nodes to learn means and categories from; by default all.

    Raises:
        DataError: A number is NaN or infinite, or the types of an attribute are mixed.
    """
    check(
        nan in ("raise", "missing"),
        caller,
        'nan must be "raise" or "missing"',
        {"nan": nan},
    )
    if nan == "missing":
        attributes = {
            key: [None if _is_nan(value) else value for value in values]
            if not isinstance(values, np.ndarray) or np.isnan(values).any()
            else values
            for key, values in attributes.items()
        }
    absent = {
        key: sum(value is None for value in values)
        for key, values in attributes.items()
        if not isinstance(values, np.ndarray)
    }
    columns = fit(
        attributes, codings=codings, rows=rows, row_names=node_names, caller=caller
    )
    x = columns.encode(attributes, row_names=node_names, caller=caller)
    missing = {key: count for key, count in absent.items() if count}
    return Features(x, columns.names, missing, dict(columns.ignored or {}), columns)


def _is_nan(value: object) -> bool:
    return isinstance(value, Real) and math.isnan(float(value))

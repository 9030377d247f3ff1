"""Attributes of nodes become features, by the type of their values."""

import math
from collections.abc import Mapping, Sequence
from numbers import Real
from typing import Literal, NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from graphattn.datasets.errors import check

MAX_CATEGORIES = 100
"""A text attribute with more different values than this is no category."""

Nan = Literal["raise", "missing"]


class Features(NamedTuple):
    """Features, and what was done to get them.

    Attributes:
        x: One column per name.
        names: ``age``, ``city=Bonn``, ``age is missing``.
        missing: How many nodes lack each attribute, where any do.
        ignored: The attributes that are no features, and why.
    """

    x: Float[Tensor, "num_nodes num_features"]
    names: tuple[str, ...]
    missing: dict[str, int]
    ignored: dict[str, str]


def encode(
    attributes: Mapping[str, Sequence[object]],
    node_names: Sequence[str],
    *,
    caller: str,
    nan: Nan = "raise",
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

    Raises:
        DataError: A number is NaN or infinite, or the types of an attribute are mixed.
    """
    check(
        nan in ("raise", "missing"),
        caller,
        'nan must be "raise" or "missing"',
        {"nan": nan},
    )
    parts: list[Tensor] = [torch.zeros(len(node_names), 0)]
    names: list[str] = []
    missing: dict[str, int] = {}
    ignored: dict[str, str] = {}
    for attribute, given in attributes.items():
        values = [None if nan == "missing" and _is_nan(v) else v for v in given]
        absent = sum(value is None for value in values)
        if absent:
            missing[attribute] = absent
        texts = {value for value in values if isinstance(value, str)}
        if absent == len(values):
            ignored[attribute] = "no node has it"
        elif len(texts) > MAX_CATEGORIES:
            ignored[attribute] = f"it has {len(texts)} different texts"
        else:
            all_texts = all(isinstance(v, str) for v in values if v is not None)
            turn = _categories if all_texts else _measures
            part, part_names = turn(attribute, values, node_names, caller)
            parts.append(part)
            names += part_names
    return Features(torch.cat(parts, 1), tuple(names), missing, ignored)


def _categories(
    attribute: str, values: Sequence[object], node_names: Sequence[str], caller: str
) -> tuple[Tensor, list[str]]:
    texts = sorted({str(value) for value in values if value is not None})
    hot = [[float(value == text) for text in texts] for value in values]
    return torch.tensor(hot), [f"{attribute}={text}" for text in texts]


def _measures(
    attribute: str, values: Sequence[object], node_names: Sequence[str], caller: str
) -> tuple[Tensor, list[str]]:
    numbers = _numbers(attribute, values, node_names, caller)
    part, width = _standardise(numbers), numbers.shape[1]
    names = [attribute]
    if width != 1:
        names = [f"{attribute}[{index}]" for index in range(width)]
    if any(value is None for value in values):
        absent = torch.tensor([[float(value is None)] for value in values])
        return torch.cat([part, absent], 1), [*names, f"{attribute} is missing"]
    return part, names


def _is_nan(value: object) -> bool:
    return isinstance(value, Real) and math.isnan(float(value))


def _numbers(
    attribute: str, values: Sequence[object], node_names: Sequence[str], caller: str
) -> np.ndarray:
    """Returns [num_nodes, width] in float64, NaN where a value is missing."""
    rows: list[np.ndarray | None] = []
    width = 0
    for value, node in zip(values, node_names, strict=True):
        if value is None:
            rows.append(None)
            continue
        given = {"attribute": attribute, "node": node, "value": value}
        try:
            row = np.asarray(value, dtype=np.float64).reshape(-1)
        except (TypeError, ValueError):
            rule = (
                "an attribute must be all numbers, all texts, or all vectors of numbers"
            )
            check(
                False, caller, f"{rule}; mend it, or leave it out of features=", given
            )
            raise  # not reached
        width = width or len(row)
        rule = f"a vector has {len(row)} numbers where the first one has {width}"
        check(len(row) == width, caller, rule, given)
        rule = "a feature must be a finite number; correct it, or remove it: a node "
        rule += 'without the attribute is filled in (nan="missing" does so for NaN)'
        check(bool(np.isfinite(row).all()), caller, rule, given)
        rows.append(row)
    empty = np.full(width, np.nan)
    return np.stack([empty if row is None else row for row in rows])


def _standardise(numbers: np.ndarray) -> Tensor:
    mean = np.nanmean(numbers, axis=0)
    deviation = np.nanstd(numbers, axis=0)
    # The constant columns: their deviation is rounding noise, or 0.
    deviation[deviation <= 1e-12 * np.abs(mean)] = 1
    return torch.from_numpy(np.nan_to_num((numbers - mean) / deviation)).float()

"""How one column of values becomes features, and how it is turned back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from graphattn.datasets.errors import check
from graphattn.datasets.extras import need

CODINGS = ("standard", "as given", "one-hot", "codes", "hashed", "ignore")
MAX_CATEGORIES = 100
"""A text column with more different values than this is no category."""
HASHED = 64
"""How many features hashed words get."""


@dataclass(frozen=True)
class Column:
    """How one column becomes features.

    Attributes:
        name: Of the column.
        coding: "standard": numbers, less their mean, over their deviation; "as given":
            numbers; "one-hot": a feature per category; "codes": the category's number,
            -1 where it is unknown; "hashed": counts of words, in `HASHED` buckets.
        mean: One per number; empty for the other codings.
        deviation: One per number.
        values: The categories.
        flag: Whether a feature says that the value is missing.
    """

    name: str
    coding: str
    mean: tuple[float, ...] = ()
    deviation: tuple[float, ...] = ()
    values: tuple[str, ...] = ()
    flag: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Names of its features: ``age``, ``city=Bonn``, ``age is missing``."""
        flag = (f"{self.name} is missing",) if self.flag else ()
        if self.coding == "one-hot":
            return tuple(f"{self.name}={value}" for value in self.values)
        if self.coding == "codes":
            return (self.name,)
        width = HASHED if self.coding == "hashed" else len(self.mean)
        if width == 1:
            return (self.name, *flag)
        return (*(f"{self.name}[{i}]" for i in range(width)), *flag)

    def standardise(self, numbers: np.ndarray) -> np.ndarray:
        """Returns numbers less the mean, over the deviation; 0 where they are NaN.

        Args:
            numbers: [rows, width].
        """
        return np.nan_to_num((numbers - np.array(self.mean)) / np.array(self.deviation))

    def restore(self, features: np.ndarray) -> np.ndarray:
        """Turns what `standardise` returned back into numbers.

        Args:
            features: [rows, width].
        """
        return features * np.array(self.deviation) + np.array(self.mean)

    def measure(self, numbers: np.ndarray) -> "Column":
        """Returns a column with the mean and deviation of `numbers`.

        Args:
            numbers: [rows, width]; NaN where missing.
        """
        width = numbers.shape[1]
        mean, deviation = np.zeros(width), np.ones(width)
        there = ~np.isnan(numbers).all(0)
        if self.coding == "standard" and there.any():
            mean[there] = np.nanmean(numbers[:, there], axis=0)
            deviation[there] = np.nanstd(numbers[:, there], axis=0)
            # The constant columns: their deviation is rounding noise, or 0.
            deviation[deviation <= 1e-12 * np.abs(mean)] = 1
        return replace(
            self, mean=tuple(mean.tolist()), deviation=tuple(deviation.tolist())
        )


def fit_column(
    name: str,
    values: Sequence[object] | np.ndarray,
    coding: str | None,
    rows: Sequence[int] | None,
    row_names: Sequence[str],
    caller: str,
) -> Column | str:
    """Learns how a column becomes features; returns why, where it does not.

    Args:
        name: Of the column.
        values: One per row, None where missing.
        coding: Where not by the type of the values.
        rows: Positions of the rows to learn from.
        row_names: For messages.
        caller: The public name the user called.

    Raises:
        DataError: A value does not suit the coding.
    """
    if coding == "ignore":
        return "it is not asked for"
    if isinstance(values, np.ndarray) and coding is None and len(values):
        numbers = as_numbers(name, values, row_names, caller)
        return Column(name, "standard").measure(
            numbers if rows is None else numbers[list(rows)]
        )
    learnt = values if rows is None else [values[row] for row in rows]
    present = [value for value in learnt if value is not None]
    if not present:
        return (
            "no node has it" if rows is None else "no node of the training part has it"
        )
    texts = {value for value in present if isinstance(value, str)}
    if coding is None and len(texts) > MAX_CATEGORIES:
        return f"it has {len(texts)} different texts"
    if coding is None:
        coding = "one-hot" if all(isinstance(v, str) for v in present) else "standard"
    if coding == "hashed":
        return Column(name, coding)
    if coding in ("one-hot", "codes"):
        return Column(name, coding, values=tuple(sorted({_text(v) for v in present})))
    numbers = as_numbers(name, values, row_names, caller)
    flag = any(value is None for value in values)
    column = Column(name, coding, flag=flag)
    return column.measure(numbers if rows is None else numbers[list(rows)])


def encode_column(
    column: Column,
    values: Sequence[object] | np.ndarray,
    row_names: Sequence[str],
    caller: str,
) -> np.ndarray:
    """Returns the features of a column, [rows, number of its names].

    Args:
        column: How it becomes features.
        values: One per row, None where missing.
        row_names: For messages.
        caller: The public name the user called.

    Raises:
        DataError: A value is not of the type that was fitted.
    """
    if column.coding == "hashed":
        text: Any = need("sklearn.feature_extraction.text", "app")
        words = text.HashingVectorizer(
            n_features=HASHED, alternate_sign=False, norm=None
        )
        texts = ["" if value is None else str(value) for value in values]
        return words.transform(texts).toarray()
    if column.coding in ("one-hot", "codes"):
        number = {value: i for i, value in enumerate(column.values)}
        codes = [-1 if v is None else number.get(_text(v), -1) for v in values]
        if column.coding == "codes":
            return np.array(codes, dtype=np.float64).reshape(-1, 1)
        # The last row of the table stands for the unknown ones.
        return np.eye(len(number) + 1, len(number))[codes]
    numbers = as_numbers(column.name, values, row_names, caller, len(column.mean))
    part = column.standardise(numbers)
    if not column.flag:
        return part
    absent = np.array([[float(value is None)] for value in values]).reshape(-1, 1)
    return np.concatenate([part, absent], 1)


def decode_column(column: Column, features: np.ndarray) -> list[object]:
    """Turns the features of a column back into values, None where missing.

    Args:
        column: How it became features.
        features: [rows, number of its names].
    """
    if column.coding == "codes":
        codes = np.rint(features[:, 0]).astype(int).tolist()
        inside = range(len(column.values))
        return [column.values[code] if code in inside else None for code in codes]
    if column.coding == "one-hot":
        best = features.argmax(1).tolist()
        there = (features.max(1) > 0.5).tolist()
        pairs = zip(best, there, strict=True)
        return [column.values[code] if known else None for code, known in pairs]
    width = len(column.mean)
    numbers = column.restore(features[:, :width])
    absent = features[:, width] > 0.5 if column.flag else np.zeros(len(features), bool)
    rows = numbers[:, 0].tolist() if width == 1 else numbers.tolist()
    return [None if a else row for row, a in zip(rows, absent.tolist(), strict=True)]


def _text(value: object) -> str:
    """Returns a category as text: a whole number read as 5.0 is "5"."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def as_numbers(
    attribute: str,
    values: Sequence[object] | np.ndarray,
    row_names: Sequence[str],
    caller: str,
    width: int = 0,
) -> np.ndarray:
    """Returns numbers, [rows, width] in float64, NaN where a value is missing.

    Args:
        attribute: Name of the column.
        values: Numbers, or vectors of them; None where missing.
        row_names: For messages.
        caller: The public name the user called.
        width: How many numbers a value has; by default as many as the first one.

    Raises:
        DataError: A value is no finite number, or vectors differ in length.
    """
    if isinstance(values, np.ndarray) and np.isfinite(values).all():
        return values.reshape(len(values), -1).astype(np.float64)
    rows: list[np.ndarray | None] = []
    for value, node in zip(values, row_names, strict=True):
        if value is None:
            rows.append(None)
            continue
        given = {"attribute": attribute, "node": node, "value": value}
        try:
            row = np.asarray(value, dtype=np.float64).reshape(-1)
        except (TypeError, ValueError, OverflowError):
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
    found = [empty if row is None else row for row in rows]
    return np.stack(found) if found else np.zeros((0, width))

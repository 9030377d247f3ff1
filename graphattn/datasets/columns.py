"""Columns of a table become features by their type, and can be turned back.

What is learnt of the columns, means and categories, is kept: it encodes new rows in the
same way, and decodes features.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from graphattn.datasets.coding import (
    CODINGS,
    Column,
    decode_column,
    encode_column,
    fit_column,
)
from graphattn.datasets.errors import DataError, check
from graphattn.datasets.nearest import nearest

Table = Mapping[str, Sequence[object] | np.ndarray]
_CALLER = "datasets.Columns"


@dataclass(frozen=True)
class Columns:
    """How the columns of a table become features; `fit` makes one.

    Attributes:
        columns: Those that do.
        ignored: Those that do not, and why.
    """

    columns: tuple[Column, ...] = ()
    ignored: Mapping[str, str] | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the features, one per column of `x`."""
        return tuple(name for column in self.columns for name in column.names)

    def encode(
        self, table: Table, *, row_names: Sequence[str] = (), caller: str = _CALLER
    ) -> Float[Tensor, "rows features"]:
        """Turns rows into features, as the rows that were fitted.

        A missing number becomes the mean, a category that was not fitted zeros.

        Args:
            table: The values of each column, None where missing; more columns than
                were fitted are welcome.
            row_names: For messages; by default the numbers of the rows.
            caller: The public name the user called.

        Raises:
            DataError: A column lacks, or a value has another type than those fitted.
        """
        rows = len(next(iter(table.values()), row_names))
        parts = [np.zeros((rows, 0))]
        for column in self.columns:
            check(
                column.name in table,
                caller,
                "the table lacks a column that was fitted",
                {"column": column.name, "nearest": nearest(column.name, table)},
            )
            names = row_names or [str(row) for row in range(1, rows + 1)]
            parts.append(encode_column(column, table[column.name], names, caller))
        return torch.from_numpy(np.concatenate(parts, 1)).float()

    def decode(self, x: Float[Tensor, "rows features"]) -> dict[str, list[object]]:
        """Turns features back into values: those that were missing are None.

        Args:
            x: What `encode` returned, or predictions of it. Hashed words cannot be
                turned back, and are left out.

        Raises:
            DataError: `x` has another number of columns.
        """
        given = {"x": x, "names": list(self.names)}
        rule = "x must have one column per feature name"
        check(x.shape[1] == len(self.names), _CALLER, rule, given)
        found: dict[str, list[object]] = {}
        values, at = x.detach().cpu().double().numpy(), 0
        for column in self.columns:
            width = len(column.names)
            if column.coding != "hashed":
                found[column.name] = decode_column(column, values[:, at : at + width])
            at += width
        return found

    def refit(
        self, x: Float[Tensor, "rows features"], rows: Int[Tensor, " num_rows"]
    ) -> tuple["Columns", Float[Tensor, "rows features"]]:
        """Standardises anew, over some rows only: those of the training part.

        Args:
            x: What `encode` returned.
            rows: Positions of the rows whose mean becomes 0 and deviation 1.

        Returns:
            The new encoder, and `x` as it encodes the same values.
        """
        x, columns, at = x.clone(), [], 0
        for column in self.columns:
            k = len(column.mean)
            if column.coding == "standard":
                part = column.restore(x[:, at : at + k].double().numpy())
                if column.flag:
                    part[(x[:, at + k] > 0.5).numpy()] = np.nan
                column = column.measure(part[rows.numpy()])
                new = torch.from_numpy(column.standardise(part))
                x[:, at : at + k] = new.to(x.dtype)
            columns.append(column)
            at += len(column.names)
        return replace(self, columns=tuple(columns)), x

    def to_json(self) -> str:
        """Returns a text from which `from_json` makes the same encoder."""
        ignored = dict(self.ignored or {})
        columns = [asdict(column) for column in self.columns]
        return json.dumps({"columns": columns, "ignored": ignored})

    @staticmethod
    def from_json(text: str) -> "Columns":
        """Reads what `to_json` wrote.

        Args:
            text: Of `to_json`.

        Raises:
            DataError: It is not.
        """
        try:
            given = json.loads(text)
            columns = [
                Column(
                    name=str(column["name"]),
                    coding=str(column["coding"]),
                    mean=tuple(map(float, column["mean"])),
                    deviation=tuple(map(float, column["deviation"])),
                    values=tuple(map(str, column["values"])),
                    flag=bool(column["flag"]),
                )
                for column in given["columns"]
            ]
            return Columns(tuple(columns), dict(given["ignored"]))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            rule = "this is no encoder that to_json wrote"
            raise DataError(
                f"{_CALLER}: {rule}. Got:\n  text = {text[:80]!r}"
            ) from None


def fit(
    table: Table,
    *,
    codings: Mapping[str, str] | None = None,
    rows: Sequence[int] | None = None,
    row_names: Sequence[str] = (),
    caller: str = _CALLER,
) -> Columns:
    """Learns how the columns of a table become features.

    By default numbers, and vectors of numbers, are standardised; texts with up to 100
    different values become one feature each, others are ignored.

    Args:
        table: The values of each column, None where missing.
        codings: Those of some columns, where not the default.
        rows: Positions of the rows to learn from, the training part; by default all.
        row_names: For messages; by default the numbers of the rows.
        caller: The public name the user called.

    Raises:
        DataError: There is no such column or coding, or a value does not suit it.
    """
    codings = codings or {}
    for name, coding in codings.items():
        given = {"column": name, "nearest": nearest(name, table)}
        check(name in table, caller, "there is no such column", given)
        given = {"column": name, "coding": coding, "known": list(CODINGS)}
        check(coding in CODINGS, caller, "there is no such coding", given)
    columns: list[Column] = []
    ignored: dict[str, str] = {}
    for name, values in table.items():
        names = row_names or [str(row) for row in range(1, len(values) + 1)]
        found = fit_column(name, values, codings.get(name), rows, names, caller)
        if isinstance(found, Column):
            columns.append(found)
        else:
            ignored[name] = found
    return Columns(tuple(columns), ignored)

"""The error of this room, and the list of rows that were left out."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from graphattn._errors import require

OnError = Literal["raise", "skip"]


class DataError(ValueError):
    """Data that cannot be used as given; the message says where and what to do."""


def check(holds: bool, caller: str, rule: str, given: Mapping[str, object]) -> None:
    """Raises `DataError`, in the one error form, where `holds` is false.

    Args:
        holds: Whether the rule holds; nothing happens where it does.
        caller: The public name the user called.
        rule: What must be true, and what to do where it is not.
        given: Where it went wrong: file, row, column, value.

    Raises:
        DataError: `holds` is false.
    """
    try:
        require(holds, caller, rule, given)
    except ValueError as error:
        raise DataError(str(error)) from None


class Skipped(NamedTuple):
    """A row that was left out.

    Attributes:
        row: Number of the data row, counted from 1 below the header.
        value: What stood there.
        reason: Why it cannot be used.
    """

    row: int
    value: str
    reason: str


class Problems:
    """Raises on a bad row, or lists it, as `on_error` asks."""

    def __init__(self, caller: str, file: str, on_error: OnError) -> None:
        """Remembers how to report.

        Args:
            caller: The public name the user called.
            file: Name of the file, for messages.
            on_error: "raise" or "skip".
        """
        check(
            on_error in ("raise", "skip"),
            caller,
            'on_error must be "raise" or "skip"',
            {"on_error": on_error},
        )
        self.caller = caller
        self.file = file
        self.on_error = on_error
        self.skipped: list[Skipped] = []

    def add(
        self, reason: str, advice: str, *, row: int, line: int, column: str, value: str
    ) -> None:
        """Raises `DataError` with `reason` and `advice`, or lists the row.

        Args:
            reason: What is wrong with the row.
            advice: What to do about it.
            row: Number of the data row, counted from 1 below the header.
            line: Number of the line in the file, counted from 1.
            column: Name of the column.
            value: What stands there.

        Raises:
            DataError: `on_error` is "raise".
        """
        check(
            self.on_error == "skip",
            self.caller,
            f'{reason}; {advice}, or pass on_error="skip" to leave such rows out',
            {
                "file": self.file,
                "row": row,
                "line": line,
                "column": column,
                "value": value,
            },
        )
        self.skipped.append(Skipped(row, value, reason))

"""What a file of molecules says, before RDKit has seen it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from graphattn.datasets.errors import DataError, check
from graphattn.datasets.molecules.parsing import Notation

MISSING = float("nan")
_PARTS = {
    "train": ("train", "training", "trn"),
    "val": ("val", "valid", "validation", "dev"),
    "test": ("test", "testing", "tst"),
}
_PART_OF = {word: part for part, words in _PARTS.items() for word in words}


class Fault(NamedTuple):
    """A row that cannot be used as it is.

    Attributes:
        index: Of the record.
        reason: What is wrong with it.
        advice: What to do about it.
        column: Where it stands.
        value: What stands there.
    """

    index: int
    reason: str
    advice: str
    column: str
    value: str


@dataclass
class Records:
    """The molecules of a file, one entry each in every list that is not empty.

    Attributes:
        file: Name of the file, for messages.
        column: What the molecule's text is called there.
        target_names: One per target.
        texts: The molecules.
        targets: One list per molecule; NaN where a value is missing.
        rows: Number of each record, counted from 1.
        lines: Number of the line each record begins on, counted from 1.
        ids: What each molecule is called.
        parts: "train", "val" or "test", where the file says so; "" where not.
        class_names: One per class, where targets are classes by their position.
        task: "regression" where numbers that are all 0 or 1 are no classes.
        notation: Of the texts.
        files: The file of each molecule, where there are several.
        faults: Records that cannot be used as they are.
    """

    file: str
    column: str
    target_names: Sequence[str] = ()
    texts: list[Any] = field(default_factory=list)
    targets: list[list[float]] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)
    class_names: tuple[str, ...] = ()
    task: str = ""
    notation: Notation = "smiles"
    files: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def add(self, text: Any, targets: list[float], row: int, line: int) -> None:
        """Appends one molecule."""
        self.texts.append(text)
        self.targets.append(targets)
        self.rows.append(row)
        self.lines.append(line)


def part_of(word: str, given: dict[str, object]) -> str:
    """Returns "train", "val" or "test" for the word a file has for it, "" for none.

    Args:
        word: As it stands in the file.
        given: Where it stands, for the message.

    Raises:
        DataError: The word is none of the known ones.
    """
    plain = word.strip().lower()
    known = plain == "" or plain in _PART_OF
    rule = f"a part must be one of {sorted(_PART_OF)}, or empty"
    check(known, "datasets.load", rule, {**given, "value": word})
    return _PART_OF.get(plain, "")


def joined(all_records: Sequence[Records]) -> Records:
    """Returns the molecules of several files that have the same targets, as one.

    Args:
        all_records: The first gives names and notation.

    Raises:
        DataError: Two files differ in their targets.
    """
    first = all_records[0]
    out = Records(" + ".join(r.file for r in all_records), first.column)
    out.target_names, out.notation = first.target_names, first.notation
    out.class_names, out.task = first.class_names, first.task
    for one in all_records:
        if one.target_names != first.target_names:
            raise DataError(
                "datasets.load: the files must have the same targets. Got:\n"
                f"  {first.file} = {list(first.target_names)}\n"
                f"  {one.file} = {list(one.target_names)}"
            )
        shift = len(out.texts)
        for name in ("texts", "targets", "rows", "lines", "ids", "parts"):
            getattr(out, name).extend(getattr(one, name))
        out.files += [one.file] * len(one.texts)
        out.faults += [f._replace(index=f.index + shift) for f in one.faults]
    return out

"""The molecules of a source, parsed: what the cache keeps and datasets are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from graphattn.datasets.errors import Problems, Skipped, check
from graphattn.datasets.molecules.columns import Columns
from graphattn.datasets.molecules.options import Options
from graphattn.datasets.molecules.parallel import work_on_all
from graphattn.datasets.molecules.records import Records

_CALLER = "datasets.load"


@dataclass
class Molecules:
    """Parsed molecules with what their source says of them.

    Attributes:
        columns: Atoms and bonds.
        targets: One row per molecule; NaN where a value is missing.
        smiles: One per molecule.
        ids: What each is called; empty where the source does not say.
        parts: "train", "val" or "test"; empty where the source does not say.
        rows: Number of each in its source, counted from 1.
        target_names: One per target.
        class_names: One per class, where targets are classes by their position.
        task: "regression" where numbers that are all 0 or 1 are no classes.
        skipped: Rows that could not be used.
    """

    columns: Columns
    targets: np.ndarray
    smiles: list[str]
    ids: list[str]
    parts: list[str]
    rows: np.ndarray
    target_names: tuple[str, ...]
    class_names: tuple[str, ...]
    task: str
    skipped: list[Skipped]


def parsed(records: Records, options: Options) -> Molecules:
    """Parses the molecules of a file.

    Args:
        records: What the file says.
        options: What the user chose.

    Raises:
        DataError: A row cannot be used, and `on_error` is "raise"; or none can.
    """
    lenient = "raise" if options.on_error == "raise" else "skip"
    problems = Problems(_CALLER, records.file, lenient)
    lost = np.zeros(len(records.texts), dtype=bool)
    for fault in sorted(records.faults):
        _report(records, problems, *fault)
        lost[fault.index] = True
    made = work_on_all(
        records.texts,
        options.recipe(records.notation),
        name=options.name or records.file,
        processes=options.processes,
    )
    for index, reason in made.faults:
        if not lost[index]:
            text = str(records.texts[index])
            _report(
                records, problems, index, reason, "correct it", records.column, text
            )
        lost[index] = True
    keep = options.on_error == "keep"
    kept = np.ones_like(lost) if keep else ~lost
    check(
        bool((made.present & kept).any()),
        _CALLER,
        "the file has no usable row",
        {"file": records.file, "skipped": problems.skipped[:5]},
    )
    columns = made.columns.with_gaps(made.present)
    return Molecules(
        columns if keep else columns.chosen(kept),
        np.array(records.targets, dtype=np.float64).reshape(len(lost), -1)[kept],
        _those(made.smiles, kept),
        _those(records.ids, kept),
        _those(records.parts, kept),
        np.array(records.rows, dtype=np.int64)[kept],
        tuple(records.target_names),
        records.class_names,
        records.task,
        sorted(problems.skipped),
    )


def _report(
    records: Records,
    problems: Problems,
    index: int,
    reason: str,
    advice: str,
    column: str,
    value: str,
) -> None:
    if records.files:
        problems.file = records.files[index]
        reason = f"{problems.file}: {reason}" if problems.on_error == "skip" else reason
    problems.add(
        reason,
        advice,
        row=records.rows[index],
        line=records.lines[index],
        column=column,
        value=value if len(value) <= 200 else f"{value[:200]}...",
    )


def _those(values: Sequence[str], kept: np.ndarray) -> list[str]:
    return [value for value, one in zip(values, kept, strict=False) if one]

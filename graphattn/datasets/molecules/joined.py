"""Reads structures (.smi) and measurements (.csv), joined by the compound's name."""

from pathlib import Path

from graphattn.datasets.errors import OnError, Problems
from graphattn.datasets.graph_dataset import GraphDataset
from graphattn.datasets.molecules.build import Records, Representation, build
from graphattn.datasets.numbers import number
from graphattn.datasets.tables import read_table

_CALLER = "datasets.load"


def read(
    structures: Path,
    measurements: Path,
    *,
    key: str,
    value: str,
    target: str,
    name: str,
    on_error: OnError = "raise",
    representation: Representation = "graph",
) -> GraphDataset:
    """Reads the molecules that have both a structure and a measurement.

    Args:
        structures: File of SMILES and name, separated by blanks, without header.
        measurements: Table with a header.
        key: Column of `measurements` that holds the name.
        value: Column of `measurements` that holds the measured number.
        target: What `value` is called in the dataset.
        name: Of the dataset.
        on_error: What to do with a row that cannot be used: "raise" or "skip".
        representation: "graph" for atoms and bonds, "characters" for the string.

    Raises:
        DataError: A file cannot be used, or a structure has no measurement.
    """
    smi = read_table(structures, columns=("smiles", "name"), delimiter=" ")
    table = read_table(measurements)
    key_at, value_at = table.index(key, "key"), table.index(value, "value")
    measured = {row.cells[key_at]: number(row.cells[value_at]) for row in table.rows}
    problems = Problems(_CALLER, smi.file, on_error)
    records = Records("smiles", [target])
    for row, line, (smiles, compound) in smi.rows:
        if (found := measured.get(compound)) is not None:
            records.add(smiles, [found], row, line)
        else:
            problems.add(
                f"the compound has no number in column {value!r} of {table.file}",
                "add it",
                row=row,
                line=line,
                column="name",
                value=compound,
            )
    return build(records, problems, name=name, representation=representation)

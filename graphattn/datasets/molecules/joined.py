"""Reads structures (.smi) and measurements (.csv), joined by the compound's name."""

from pathlib import Path

from graphattn.datasets.molecules.reader import reader
from graphattn.datasets.molecules.records import MISSING, Fault, Records
from graphattn.datasets.numbers import number
from graphattn.datasets.tables import read_table


def records(
    structures: Path, measurements: Path, *, key: str, value: str, target: str
) -> Records:
    """Reads the molecules that have both a structure and a measurement.

    Args:
        structures: File of SMILES and name, separated by blanks, without header.
        measurements: Table with a header.
        key: Column of `measurements` that holds the name.
        value: Column of `measurements` that holds the measured number.
        target: What `value` is called in the dataset.

    Raises:
        DataError: A file cannot be used, or a structure has no measurement.
    """
    smi = read_table(structures, columns=("smiles", "name"), delimiter=" ")
    table = read_table(measurements)
    key_at, value_at = table.index(key, "key"), table.index(value, "value")
    measured = {row.cells[key_at]: number(row.cells[value_at]) for row in table.rows}
    out = Records(smi.file, "smiles", [target])
    for row, line, (smiles, compound) in smi.rows:
        found = measured.get(compound)
        out.add(smiles, [MISSING if found is None else found], row, line)
        out.ids.append(compound)
        if found is None:
            reason = f"the compound has no number in column {value!r} of {table.file}"
            fault = Fault(len(out.texts) - 1, reason, "add it", "name", compound)
            out.faults.append(fault)
    return out


read = reader(records)

"""Reads a MOL2 file: one or several molecules of atoms and bonds with their types."""

from pathlib import Path

from graphattn.datasets.errors import check
from graphattn.datasets.molecules.reader import reader
from graphattn.datasets.molecules.records import Records
from graphattn.datasets.tables import read_text

_CALLER = "datasets.load"
_BEGIN = "@<TRIPOS>MOLECULE"


def records(path: Path, *, encoding: str | None = None) -> Records:
    """Reads molecules without targets; each is called by the first line of its block.

    RDKit understands the atom types that Corina writes, and takes hydrogens that the
    file leaves out for missing: an atom is a radical then. Atoms are in the order of
    the file; its hydrogens are nodes only where `hydrogens=True` asks for all of them.

    Args:
        path: The file.
        encoding: By default UTF-8, or UTF-16 where its mark says so.

    Raises:
        DataError: The file cannot be used; the message names file, record and line.
    """
    text = read_text(path, encoding).replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    starts = [at for at, line in enumerate(lines) if line.startswith(_BEGIN)]
    rule = f"the file has no molecule: no line begins with {_BEGIN}"
    check(len(starts) > 0, _CALLER, rule, {"file": path.name})
    out = Records(path.name, "MOL2 block", notation="mol2")
    for row, (start, end) in enumerate(zip(starts, [*starts[1:], None], strict=True)):
        block = lines[start:end]
        out.add("\n".join(block) + "\n", [], row + 1, start + 1)
        out.ids.append(block[1].strip() if len(block) > 1 else "")
    return out


read = reader(records)

"""Reads a file of one SMILES or InChI a line, each with the molecule's name or none."""

from pathlib import Path

from graphattn.datasets.errors import check
from graphattn.datasets.molecules.reader import reader
from graphattn.datasets.molecules.records import Records
from graphattn.datasets.tables import plain_name, read_text

_CALLER = "datasets.load"
_HEADERS = ("smiles", "smi", "inchi", "canonicalsmiles")


def records(path: Path, *, encoding: str | None = None) -> Records:
    """Reads molecules without targets: SMILES, blanks, and the rest of the line a name.

    ChemAxon's extension between bars, as in ``CC |$_AP1;$| name``, belongs to the
    SMILES. Lines that begin with ``#`` are no rows, nor is a first line that says
    "SMILES Name", as RDKit writes it.

    Args:
        path: The file.
        encoding: By default UTF-8, or UTF-16 where its mark says so.

    Raises:
        DataError: The file cannot be used; the message names file, row and value.
    """
    out = Records(path.name, "smiles")
    for line, text in enumerate(read_text(path, encoding).split("\n"), start=1):
        smiles, _, name = text.strip().replace("\t", " ").partition(" ")
        header = not out.texts and plain_name(smiles) in _HEADERS
        if smiles == "" or smiles.startswith("#") or header:
            continue
        name = name.strip()
        if name.startswith("|") and "|" in name[1:]:
            extension, _, name = name[1:].partition("|")
            smiles = f"{smiles} |{extension}|"
        out.add(smiles, [], len(out.texts) + 1, line)
        out.ids.append(name.strip())
    given = {"file": path.name}
    check(len(out.texts) > 0, _CALLER, "the file has no molecule", given)
    if not any(out.ids):
        out.ids = []
    if out.texts[0].startswith("InChI="):
        out.notation, out.column = "inchi", "inchi"
    return out


read = reader(records)

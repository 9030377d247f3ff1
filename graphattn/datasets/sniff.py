"""Which reader a user's file needs: its options say so, else its first row does."""

from collections.abc import Iterable
from pathlib import Path

from graphattn.datasets.compressed import plain_suffix
from graphattn.datasets.endings import by_ending
from graphattn.datasets.errors import check
from graphattn.datasets.molecules.table import SMILES_NAMES, looks_like_smiles
from graphattn.datasets.social.edge_columns import (
    DESTINATION_NAMES,
    SOURCE_NAMES,
    has_header,
)
from graphattn.datasets.social.graph_file import SUFFIXES as GRAPH_SUFFIXES
from graphattn.datasets.tables import parse_table, plain_name
from graphattn.datasets.text.guess import delimiter_of, sentences
from graphattn.datasets.texts import read_head

_MOLECULES, _EDGES = "molecules.table", "social.edge_list"
_SUFFIXES = {
    ".smi": "molecules.smi",
    ".ism": "molecules.smi",
    ".inchi": "molecules.smi",
    ".sdf": "molecules.sdf",
    ".sd": "molecules.sdf",
    ".mol": "molecules.sdf",
    ".mol2": "molecules.mol2",
    **dict.fromkeys(GRAPH_SUFFIXES, "social.graph_file"),
    ".npz": "social.npz",
}
_PARQUET = (".parquet", ".pq")
_MOLECULE_OPTIONS = {"smiles", "target", "representation", "on_error"}
_EDGE_OPTIONS = {
    "source",
    "destination",
    "labels",
    "nodes",
    "directed",
    "weight",
    "time",
    "duplicates",
    "feature_file",
    "edge_attributes",
}


def reader_for(path: Path, options: Iterable[str]) -> str:
    """Returns the reader of a user's file.

    The ending decides where only one reader reads such files; then the options, where
    only one reader has them; then whether a column holds sentences; then names of
    columns; then whether a column parses as SMILES.

    Args:
        path: The file.
        options: Names of the options given.

    Raises:
        DataError: The file is missing, empty or no text, or may be either.
    """
    if (suffix := plain_suffix(path)) in _SUFFIXES:
        return _SUFFIXES[suffix]
    if reader := by_ending(path, options):
        return reader
    for known, reader in ((_MOLECULE_OPTIONS, _MOLECULES), (_EDGE_OPTIONS, _EDGES)):
        if known & set(options):
            return reader
    if suffix in _PARQUET:
        return _MOLECULES
    text, _ = read_head(path)
    if sentences(text, delimiter_of(text), sure=True) is not None:
        return "text.labelled"
    table = parse_table(path.name, text, header=False, comment="#%", ragged=True)
    first = table.rows[0].cells
    header = {plain_name(cell) for cell in first}
    if header & set(SMILES_NAMES):
        return _MOLECULES
    if header & set(SOURCE_NAMES) and header & set(DESTINATION_NAMES):
        return _EDGES
    # RDKit reads "C1", "I" or "CN" as SMILES: only longer cells can tell.
    columns = zip(*(row.cells for row in table.rows[1:21]), strict=False)
    if any(looks_like_smiles([c for c in cells if len(c) > 3]) for cells in columns):
        return _MOLECULES
    check(
        len(first) > 1 and not has_header(table, set()),
        "datasets.load",
        "cannot tell whether this is a table of molecules or an edge list; name the "
        "column of SMILES with smiles=, the two ends with source= and destination=, or "
        "the column of sentences with text=",
        {"file": table.file, "columns": list(first)},
    )
    return _EDGES

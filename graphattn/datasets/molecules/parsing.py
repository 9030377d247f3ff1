"""From text to an RDKit molecule, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

from graphattn.datasets.extras import need

if TYPE_CHECKING:
    from rdkit.Chem import Mol

Notation = Literal["smiles", "inchi", "mol block", "mol2", "rdkit"]
Parsed = tuple["Mol | None", str]


@contextmanager
def quiet_rdkit() -> Iterator[None]:
    """Keeps RDKit's log silent, and leaves it as it was."""
    with need("rdkit.rdBase", "molecules").BlockLogs():
        yield


def parse(smiles: str) -> Parsed:
    """Parses a SMILES, and says why it cannot where it cannot.

    RDKit's log is silent meanwhile, and as it was afterwards.

    Args:
        smiles: One molecule; it may have several parts.

    Returns:
        The molecule and "", or None and the reason.
    """
    with quiet_rdkit():
        return _smiles(need("rdkit.Chem", "molecules"), smiles)


def parse_all(texts: Iterable[Any], notation: Notation = "smiles") -> list[Parsed]:
    """Parses many texts; RDKit's log is silent meanwhile, and as it was afterwards.

    Args:
        texts: One molecule each.
        notation: Of all of them.
    """
    chem = need("rdkit.Chem", "molecules")
    read = _READ[notation]
    with quiet_rdkit():
        return [read(chem, text) for text in texts]


def _smiles(chem: Any, text: str) -> Parsed:
    mol = chem.MolFromSmiles(text)
    if mol is not None:
        return _with_atoms(mol)
    return None, _why(chem, chem.MolFromSmiles(text, sanitize=False), "SMILES syntax")


def _inchi(chem: Any, text: str) -> Parsed:
    mol = chem.MolFromInchi(text.strip())
    if mol is not None:
        return _with_atoms(mol)
    raw = chem.MolFromInchi(text.strip(), sanitize=False)
    return None, _why(chem, raw, "an InChI")


def _mol_block(chem: Any, text: str) -> Parsed:
    mol, message = _tried(chem.MolFromMolBlock, text, removeHs=False)
    if mol is not None:
        return _with_atoms(mol)
    raw, message = _tried(chem.MolFromMolBlock, text, removeHs=False, sanitize=False)
    return None, message or _why(chem, raw, "a MOL block")


def _mol2(chem: Any, text: str) -> Parsed:
    lines = [line for line in text.split("\n") if not line.startswith("#")]
    counts = lines[2].split()[:2] if len(lines) > 2 else []
    if any(not _fits(count, len(lines)) for count in counts):
        return None, "its third line counts more atoms or bonds than it has"
    mol, message = _tried(chem.MolFromMol2Block, text, removeHs=False)
    if mol is not None:
        return _with_atoms(mol)
    raw, message = _tried(chem.MolFromMol2Block, text, removeHs=False, sanitize=False)
    return None, message or _why(chem, raw, "a MOL2 block")


def _fits(count: str, most: int) -> bool:
    # RDKit makes room for as many as are announced: -1 is four thousand million.
    if not count.lstrip("+-").isdecimal():
        return True
    return len(count) < 10 and 0 <= int(count) <= most


def _tried(read: Callable[..., Any], text: str, **options: Any) -> tuple[Any, str]:
    # RDKit reports some malformed blocks by None, and others by an exception.
    try:
        return read(text, **options), ""
    except (RuntimeError, ValueError) as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        return None, " ".join(lines[:1]) or "RDKit cannot read it"


def _rdkit(chem: Any, mol: Mol) -> Parsed:
    if not isinstance(mol, chem.Mol):
        return None, "it is not an RDKit molecule"
    mol = chem.Mol(mol)
    if chem.SanitizeMol(mol, catchErrors=True):
        return None, _why(chem, mol, "a molecule")
    return _with_atoms(mol)


def _with_atoms(mol: Mol) -> Parsed:
    return (mol, "") if mol.GetNumAtoms() > 0 else (None, "it has no atoms")


def _why(chem: Any, raw: Mol | None, syntax: str) -> str:
    if raw is None:
        return f"it is not {syntax}"
    reason = "RDKit cannot sanitise it"
    try:
        problems = chem.DetectChemistryProblems(raw)
    except RuntimeError:  # some valences are beyond what RDKit can count
        return f"{reason}: an atom has an impossible valence"
    reason = problems[0].Message() if problems else reason
    return reason[:1].lower() + reason[1:]


_READ: dict[str, Callable[[Any, Any], Parsed]] = {
    "smiles": _smiles,
    "inchi": _inchi,
    "mol block": _mol_block,
    "mol2": _mol2,
    "rdkit": _rdkit,
}

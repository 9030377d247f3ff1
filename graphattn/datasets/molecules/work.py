"""From texts to columns: what one process does with some of the molecules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from graphattn.datasets.extras import need
from graphattn.datasets.molecules.columns import Columns, collect
from graphattn.datasets.molecules.geometry import embed, given_positions
from graphattn.datasets.molecules.parsing import Notation, parse_all, quiet_rdkit

if TYPE_CHECKING:
    from rdkit.Chem import Mol

Coordinates = Literal["given", "etkdg"]
_NAMES = {"smiles": "SMILES", "inchi": "InChI", "mol block": "MOL block"}
_NAMES |= {"mol2": "MOL2 block", "rdkit": "molecule"}


@dataclass(frozen=True)
class Recipe:
    """How a text becomes a graph.

    Attributes:
        notation: Of the texts.
        hydrogens: Whether hydrogens are nodes.
        kekulize: Whether aromatic bonds become single and double ones.
        coordinates: Where positions come from; None for none.
        seed: Of ETKDG.
        keep: Whether a molecule without coordinates stays, with NaN.
    """

    notation: Notation = "smiles"
    hydrogens: bool = False
    kekulize: bool = False
    coordinates: Coordinates | None = None
    seed: int = 0
    keep: bool = False


class Made(NamedTuple):
    """What became of some texts.

    Attributes:
        columns: The molecules there are.
        present: Of each text, whether its molecule is in `columns`.
        smiles: Of each text: itself, or where it is no SMILES the canonical one.
        faults: Position and reason of each text that could not be used.
    """

    columns: Columns
    present: np.ndarray
    smiles: list[str]
    faults: list[tuple[int, str]]


def work(texts: Sequence[Any], recipe: Recipe) -> Made:
    """Parses texts and collects their atoms and bonds.

    Args:
        texts: One molecule each, as text or as RDKit's own object.
        recipe: What to do.
    """
    parsed = parse_all(texts, recipe.notation)
    faults: list[tuple[int, str]] = []
    smiles = list(texts) if recipe.notation == "smiles" else [""] * len(texts)
    present = np.zeros(len(texts), dtype=bool)
    mols, positions = [], []
    with quiet_rdkit():
        for index, (mol, reason) in enumerate(parsed):
            if mol is not None:
                mol, reason = _finished(mol, recipe)
            if mol is None:
                reason = f"the {_NAMES[recipe.notation]} does not parse: {reason}"
            if mol is not None and recipe.coordinates is not None:
                place, reason = _positions(mol, recipe)
                mol = mol if recipe.keep or not reason else None
                positions += [place] if mol is not None else []
            if reason:
                faults.append((index, reason))
            if mol is not None:
                present[index] = True
                mols.append(mol)
                if recipe.notation != "smiles":
                    smiles[index] = need("rdkit.Chem", "molecules").MolToSmiles(mol)
    columns = collect(mols)
    if positions:
        columns = columns._replace(positions=np.concatenate(positions))
    return Made(columns, present, smiles, faults)


def _finished(mol: Mol, recipe: Recipe) -> tuple[Mol | None, str]:
    chem: Any = need("rdkit.Chem", "molecules")
    try:
        if recipe.hydrogens:
            mol = chem.AddHs(mol, addCoords=mol.GetNumConformers() > 0)
        elif recipe.notation not in ("smiles", "inchi"):
            mol = chem.RemoveHs(mol)
        if recipe.kekulize:
            mol = chem.Mol(mol)
            chem.Kekulize(mol)
    except ValueError as error:  # RDKit's own errors of valence and Kekulé structure
        return None, str(error).strip()
    return mol, ""


def _positions(mol: Mol, recipe: Recipe) -> tuple[np.ndarray, str]:
    if recipe.coordinates == "given":
        found = given_positions(mol)
        reason = "the molecule has no 3D coordinates"
    else:
        found = embed(mol, recipe.seed)
        reason = "ETKDG finds no coordinates for the molecule"
    if found is None:
        return np.full((mol.GetNumAtoms(), 3), np.nan, np.float32), reason
    return found, ""

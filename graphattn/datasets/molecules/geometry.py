"""Positions of atoms in space: those of the file, or ETKDG's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from graphattn.datasets.extras import need

if TYPE_CHECKING:
    from rdkit.Chem import Mol

_TRIES = 20  # of ETKDG; where they fail, as many from random positions


def embed(mol: Mol, seed: int) -> np.ndarray | None:
    """Returns positions in Å, one row per atom, or None where ETKDG finds none.

    Hydrogens shape the molecule even where they are no nodes: they are added for the
    search and left out of the result.

    Args:
        mol: A sanitised molecule.
        seed: The same seed gives the same positions.

    Source:
        Riniker, Landrum 2015, https://doi.org/10.1021/acs.jcim.5b00654; version 3,
        Wang et al. 2020, https://doi.org/10.1021/acs.jcim.0c00025.
    """
    chem: Any = need("rdkit.Chem", "molecules")
    geometry: Any = need("rdkit.Chem.rdDistGeom", "molecules")
    whole = chem.AddHs(mol)
    options = geometry.ETKDGv3()
    options.randomSeed = seed
    options.maxIterations = _TRIES
    for random in (False, True):
        options.useRandomCoords = random
        try:
            failed = geometry.EmbedMolecule(whole, options) < 0
        except (RuntimeError, ValueError):  # of atoms it has no parameters for
            failed = True
        if not failed:
            found = whole.GetConformer().GetPositions()
            return found[: mol.GetNumAtoms()].astype(np.float32)
    return None


def given_positions(mol: Mol) -> np.ndarray | None:
    """Returns the positions that a file gives, or None where they are flat or missing.

    Args:
        mol: A sanitised molecule.
    """
    if mol.GetNumConformers() == 0 or not mol.GetConformer().Is3D():
        return None
    return mol.GetConformer().GetPositions().astype(np.float32)

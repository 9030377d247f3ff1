"""Atoms and bonds as one-hot blocks, as the libraries for molecules have them.

The list is that of Chemprop 2, with what it leaves out: radicals, rings of atoms, and
the two atropisomers. Each block ends with a column for every other value.

Source:
    Heid et al. 2024, https://doi.org/10.1021/acs.jcim.3c01250.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from graphattn.datasets.extras import need
from graphattn.datasets.molecules.columns import ATOM_COLUMNS, BOND_COLUMNS, Columns


class Block(NamedTuple):
    """One column per value of an RDKit property, and one for every other value."""

    column: str
    values: Sequence[int]
    names: Sequence[str]


_ELEMENTS = (*range(1, 37), 53)
_SYMBOLS = (
    "H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn "
    "Ga Ge As Se Br Kr I"
).split()
_ATOM_BLOCKS = (
    Block("element", _ELEMENTS, _SYMBOLS),
    Block("degree", range(6), "0 1 2 3 4 5".split()),
    Block("charge", (-2, -1, 0, 1, 2), "-2 -1 0 +1 +2".split()),
    Block("chirality", (0, 1, 2), "none clockwise counterclockwise".split()),
    Block("hydrogens", range(5), "0 1 2 3 4".split()),
    Block("hybridisation", range(1, 8), "S SP SP2 SP3 SP2D SP3D SP3D2".split()),
    Block("radicals", range(3), "0 1 2".split()),
)
_ATOM_FLAGS = ("aromatic", "ring")
_BOND_BLOCKS = (
    Block("type", (1, 2, 3, 12), "single double triple aromatic".split()),
    Block("stereo", range(8), "none any Z E cis trans atrop-cw atrop-ccw".split()),
)
_BOND_FLAGS = ("conjugated", "ring")


def _names(blocks: Sequence[Block], flags: Sequence[str]) -> tuple[str, ...]:
    of_blocks = [f"{b.column}={name}" for b in blocks for name in (*b.names, "other")]
    return (*of_blocks, *flags)


ATOM_FEATURES = (*_names(_ATOM_BLOCKS, _ATOM_FLAGS), "mass/100")
"""Name of each column of the atoms."""

BOND_FEATURES = _names(_BOND_BLOCKS, _BOND_FLAGS)
"""Name of each column of the bonds."""


def atom_features(columns: Columns) -> Float[Tensor, "num_nodes features"]:
    """Returns the atoms as one-hot blocks, flags and the mass in 100 u.

    Args:
        columns: The molecules.
    """
    hot = _hot(columns.atoms, ATOM_COLUMNS, _ATOM_BLOCKS, _ATOM_FLAGS, spare=1)
    hot[:, -1] = _masses(columns.atoms) / 100
    return torch.from_numpy(hot)


def bond_features(columns: Columns) -> Float[Tensor, "num_edges features"]:
    """Returns the bonds as one-hot blocks and flags.

    Args:
        columns: The molecules.
    """
    return torch.from_numpy(
        _hot(columns.bonds, BOND_COLUMNS, _BOND_BLOCKS, _BOND_FLAGS)
    )


def _hot(
    rows: np.ndarray,
    columns: Sequence[str],
    blocks: Sequence[Block],
    flags: Sequence[str],
    spare: int = 0,
) -> np.ndarray:
    sizes = [len(block.values) + 1 for block in blocks]
    out = np.zeros((len(rows), sum(sizes) + len(flags) + spare), np.float32)
    every, start = np.arange(len(rows)), 0
    for block, size in zip(blocks, sizes, strict=True):
        place = np.full(256, size - 1)  # of values from -128 to 127
        place[np.array(block.values) + 128] = np.arange(size - 1)
        values = rows[:, columns.index(block.column)].astype(np.int64)
        out[every, start + place[np.clip(values, -128, 127) + 128]] = 1
        start += size
    for at, flag in enumerate(flags, start=start):
        out[:, at] = rows[:, columns.index(flag)]
    return out


def _masses(atoms: np.ndarray) -> np.ndarray:
    element, isotope = atoms[:, 0], atoms[:, ATOM_COLUMNS.index("isotope")]
    masses = _weights()[np.clip(element, 0, 118)]
    table: Any = need("rdkit.Chem", "molecules").GetPeriodicTable()
    for row in np.flatnonzero(isotope):
        number, weight = int(element[row]), int(isotope[row])
        # An isotope that RDKit does not know weighs as much as its number says.
        masses[row] = table.GetMassForIsotope(number, weight) or weight
    return masses


@cache
def _weights() -> np.ndarray:
    table: Any = need("rdkit.Chem", "molecules").GetPeriodicTable()
    return np.array([table.GetAtomicWeight(number) for number in range(119)])

"""What RDKit knows of atoms and bonds, as columns of integers.

Every layout of features is made of these columns, and the cache keeps them. One pass
over the atoms and one over the bonds of some hundred molecules; what few atoms have is
asked by one query per molecule. RDKit takes half a microsecond to hand out an enum and
two to turn it into an integer: a table does the second.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from graphattn.datasets.extras import need

if TYPE_CHECKING:
    from rdkit.Chem import Mol

ATOM_COLUMNS = (
    "element",
    "chirality",
    "degree",
    "charge",
    "hydrogens",
    "radicals",
    "hybridisation",
    "aromatic",
    "ring",
    "isotope",
)
BOND_COLUMNS = ("type", "stereo", "conjugated", "ring")
_AT_ONCE = 16  # molecules: the more objects at once, the dearer garbage collection


class Columns(NamedTuple):
    """Molecules one after the other; bonds in both directions, sorted, by source.

    Attributes:
        atoms: One row per atom, one column per `ATOM_COLUMNS`.
        edges: Source and target, counted from 0 in each molecule.
        bonds: One row per edge, one column per `BOND_COLUMNS`.
        num_atoms: Of each molecule.
        num_edges: Of each molecule, twice its bonds.
        positions: In Å, one row per atom; no rows where none were asked for.
    """

    atoms: np.ndarray
    edges: np.ndarray
    bonds: np.ndarray
    num_atoms: np.ndarray
    num_edges: np.ndarray
    positions: np.ndarray

    @classmethod
    def join(cls, parts: Sequence[Columns]) -> Columns:
        """Returns all molecules of `parts` in order."""
        parts = parts or [empty()]
        axes = (0, 1, 0, 0, 0, 0)
        columns = zip(*parts, strict=True)
        return cls(*(np.concatenate(c, a) for c, a in zip(columns, axes, strict=True)))

    def with_gaps(self, kept: np.ndarray) -> Columns:
        """Returns the molecules with one of no atoms wherever `kept` is false.

        Args:
            kept: One entry per molecule of the result; as many are true as there are.
        """
        atoms, edges = np.zeros((2, len(kept)), dtype=np.int64)
        atoms[kept], edges[kept] = self.num_atoms, self.num_edges
        return self._replace(num_atoms=atoms, num_edges=edges)

    def chosen(self, mask: np.ndarray) -> Columns:
        """Returns some of the molecules.

        Args:
            mask: One entry per molecule.
        """
        if mask.all():
            return self
        atoms = np.repeat(mask, self.num_atoms)
        edges = np.repeat(mask, self.num_edges)
        return Columns(
            self.atoms[atoms],
            self.edges[:, edges],
            self.bonds[edges],
            self.num_atoms[mask],
            self.num_edges[mask],
            self.positions[atoms] if len(self.positions) else self.positions,
        )


def empty() -> Columns:
    """Returns no molecule."""
    return Columns(
        np.zeros((0, len(ATOM_COLUMNS)), np.int16),
        np.zeros((2, 0), np.int32),
        np.zeros((0, len(BOND_COLUMNS)), np.int8),
        np.zeros(0, np.int64),
        np.zeros(0, np.int64),
        np.zeros((0, 3), np.float32),
    )


def collect(mols: Iterable[Mol]) -> Columns:
    """Returns the atoms and bonds of all molecules, without positions.

    Args:
        mols: Sanitised molecules.
    """
    left, parts = iter(mols), []
    reader = _reader()
    while some := list(islice(left, _AT_ONCE)):
        parts.append(reader.read(some))
    return Columns.join(parts)


@cache
def _reader() -> _Reader:
    return _Reader()


class _Reader:
    def __init__(self) -> None:
        chem: Any = need("rdkit.Chem", "molecules")
        self.chem = chem
        self.rare = _rare(chem)
        self.hybridisation = _numbers(chem.HybridizationType)
        self.bond_type = _numbers(chem.BondType)
        self.stereo = _numbers(chem.BondStereo)

    def read(self, mols: list[Mol]) -> Columns:
        num_atoms = np.array([mol.GetNumAtoms() for mol in mols])
        num_bonds = np.array([mol.GetNumBonds() for mol in mols])
        atoms, first = self._atoms(mols, num_atoms)
        ends, bonds = self._bonds(mols)
        shift = np.repeat(first, num_bonds)
        source = np.concatenate([ends[0] + shift, ends[1] + shift])
        order = np.argsort(
            source * (len(atoms) + 1) + np.concatenate([ends[1], ends[0]])
        )
        edges = np.concatenate([ends, ends[::-1]], axis=1)[:, order]
        atoms[:, 2] = atoms[:, 4] + np.bincount(source, minlength=len(atoms))
        return Columns(
            atoms,
            edges.astype(np.int32),
            bonds[order % max(1, len(bonds))],
            num_atoms,
            2 * num_bonds,
            np.zeros((0, 3), np.float32),
        )

    def _atoms(
        self, mols: list[Mol], num_atoms: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        atom = self.chem.Atom
        items: list[Any] = []
        for mol in mols:
            items.extend(map(mol.GetAtomWithIdx, range(mol.GetNumAtoms())))
        first = np.cumsum(num_atoms) - num_atoms
        out = np.zeros((len(items), len(ATOM_COLUMNS)), np.int16)
        out[:, 0] = _column(atom.GetAtomicNum, items)
        out[:, 4] = _column(atom.GetTotalNumHs, items)
        out[:, 6] = _column(atom.GetHybridization, items, self.hybridisation)
        out[:, 7] = _column(atom.GetIsAromatic, items)
        out[:, 8] = _column(atom.IsInRing, items)
        for column, (find, read) in self.rare.items():
            for start, mol in zip(first.tolist(), mols, strict=True):
                for (index,) in find(mol):
                    out[start + index, column] = int(read(items[start + index]))
        return out, first

    def _bonds(self, mols: list[Mol]) -> tuple[np.ndarray, np.ndarray]:
        bond = self.chem.Bond
        items: list[Any] = []
        for mol in mols:
            items.extend(map(mol.GetBondWithIdx, range(mol.GetNumBonds())))
        ends = np.stack(
            [_column(bond.GetBeginAtomIdx, items), _column(bond.GetEndAtomIdx, items)]
        )
        out = np.empty((len(items), len(BOND_COLUMNS)), np.int8)
        out[:, 0] = _column(bond.GetBondType, items, self.bond_type)
        out[:, 1] = _column(bond.GetStereo, items, self.stereo)
        out[:, 2] = _column(bond.GetIsConjugated, items)
        out[:, 3] = _column(bond.IsInRing, items)
        return ends, out


def _column(
    read: Callable[[Any], Any], items: list[Any], table: dict[Any, int] | None = None
) -> np.ndarray:
    values = map(read, items)
    if table is not None:
        values = map(table.__getitem__, values)
    return np.fromiter(values, np.int64, len(items))


def _numbers(enum: Any) -> dict[Any, int]:
    return {value: int(number) for number, value in enum.values.items()}


def _rare(chem: Any) -> dict[int, tuple[Callable[[Mol], Any], Callable[[Any], Any]]]:
    queries = need("rdkit.Chem.rdqueries", "molecules")
    charge = queries.FormalChargeEqualsQueryAtom(0, True)
    return {
        1: (_finder(chem, queries.HasChiralTagQueryAtom()), chem.Atom.GetChiralTag),
        3: (_finder(chem, charge), chem.Atom.GetFormalCharge),
        5: (
            _finder(chem, queries.NumRadicalElectronsGreaterQueryAtom(0)),
            chem.Atom.GetNumRadicalElectrons,
        ),
        9: (_finder(chem, queries.IsotopeGreaterQueryAtom(0)), chem.Atom.GetIsotope),
    }


def _finder(chem: Any, query: Any) -> Callable[[Mol], Any]:
    pattern = chem.RWMol()
    pattern.AddAtom(query)
    options = chem.SubstructMatchParameters()
    options.uniquify, options.maxMatches = False, 2**31 - 1
    return lambda mol: mol.GetSubstructMatches(pattern, options)

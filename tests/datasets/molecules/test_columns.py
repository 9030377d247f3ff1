import numpy as np
import pytest
from rdkit import Chem

from graphattn.datasets.molecules.columns import (
    ATOM_COLUMNS,
    BOND_COLUMNS,
    Columns,
    collect,
)

SMILES = ("C[C@H](F)[13CH2]O", "[Na+].[Cl-]", "C", "[CH2]C=C", r"F/C=C\Cl", "C1CC1#N")
MOLS = [Chem.MolFromSmiles(one, sanitize=one != "C1CC1#N") for one in SMILES]
MOLS[-1].UpdatePropertyCache(strict=False)
Chem.FastFindRings(MOLS[-1])


def one_by_one(mol):
    atoms = [
        (
            atom.GetAtomicNum(),
            int(atom.GetChiralTag()),
            atom.GetTotalDegree(),
            atom.GetFormalCharge(),
            atom.GetTotalNumHs(),
            atom.GetNumRadicalElectrons(),
            int(atom.GetHybridization()),
            atom.GetIsAromatic(),
            atom.IsInRing(),
            atom.GetIsotope(),
        )
        for atom in mol.GetAtoms()
    ]
    bonds = {}
    for bond in mol.GetBonds():
        kind = (
            int(bond.GetBondType()),
            int(bond.GetStereo()),
            bond.GetIsConjugated(),
            bond.IsInRing(),
        )
        ends = bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()
        bonds[ends] = bonds[ends[::-1]] = kind
    return atoms, bonds


@pytest.mark.parametrize("times", [1, 7])
def test_columns_are_what_rdkit_says_of_each_atom_and_bond(times):
    found = collect(MOLS * times)
    node = edge = 0
    for mol, atoms, edges in zip(
        MOLS * times, found.num_atoms, found.num_edges, strict=True
    ):
        want_atoms, want_bonds = one_by_one(mol)
        got = found.atoms[node : node + atoms]
        assert got.tolist() == [[*map(int, row)] for row in want_atoms]
        pairs = [tuple(pair) for pair in found.edges[:, edge : edge + edges].T.tolist()]
        assert pairs == sorted(want_bonds)
        kinds = found.bonds[edge : edge + edges].tolist()
        assert kinds == [[*map(int, want_bonds[pair])] for pair in pairs]
        node, edge = node + atoms, edge + edges
    assert node == len(found.atoms)
    assert found.atoms.shape[1] == len(ATOM_COLUMNS)
    assert found.bonds.shape[1] == len(BOND_COLUMNS)


def test_no_molecule_is_no_row():
    found = collect([])
    assert found.atoms.shape == (0, len(ATOM_COLUMNS))
    assert found.edges.shape == (2, 0)


def test_some_molecules_are_chosen_and_others_leave_a_gap():
    found = collect(MOLS)
    mask = np.array([True, False, True, False, False, True])
    some = found.chosen(mask)
    again = collect([MOLS[0], MOLS[2], MOLS[5]])
    for got, want in zip(some, again, strict=True):
        assert np.array_equal(got, want)
    gaps = some.with_gaps(mask)
    assert gaps.num_atoms.tolist() == [5, 0, 1, 0, 0, 4]
    assert np.array_equal(gaps.atoms, some.atoms)


def test_parts_are_joined_in_order():
    halves = Columns.join([collect(MOLS[:2]), collect([]), collect(MOLS[2:])])
    for got, want in zip(halves, collect(MOLS), strict=True):
        assert np.array_equal(got, want)

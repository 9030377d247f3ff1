import numpy as np
import pytest
import torch
from rdkit import Chem

from graphattn.datasets import DataError, from_molecules
from graphattn.datasets.molecules.geometry import embed

SMILES = ("CCO", "c1ccccc1C(=O)O", "C", "C[C@H](N)F")


def test_the_same_seed_gives_the_same_positions():
    one, two, other = (
        from_molecules(SMILES, coordinates="etkdg", seed=seed)._data.pos
        for seed in (3, 3, 4)
    )
    assert torch.equal(one, two)
    assert not torch.equal(one, other)


def test_each_edge_has_its_length_in_angstrom():
    data = from_molecules(SMILES, coordinates="etkdg", hydrogens=True)[0]
    source, target = data.edge_index
    length = (data.pos[source] - data.pos[target]).norm(dim=1)
    assert torch.allclose(data.distance, length)
    heavy = (data.x[source, 0] > 1) & (data.x[target, 0] > 1)
    assert data.distance[heavy].min() > 1.3
    assert data.distance.max() < 1.6


def test_the_handedness_of_the_molecule_is_that_of_its_smiles():
    mol = Chem.MolFromSmiles("C[C@H](N)F")
    assert mol.GetNumConformers() == 0
    found = embed(mol, 1)
    assert mol.GetNumConformers() == 0
    centre = found - found[1]
    volume = np.linalg.det(np.stack([centre[0], centre[2], centre[3]]))
    mirrored = embed(Chem.MolFromSmiles("C[C@@H](N)F"), 1)
    centre = mirrored - mirrored[1]
    other = np.linalg.det(np.stack([centre[0], centre[2], centre[3]]))
    assert volume * other < 0


def test_a_molecule_without_coordinates_is_an_error_or_listed(monkeypatch):
    monkeypatch.setattr(
        "graphattn.datasets.molecules.work.embed",
        lambda mol, seed: None if mol.GetNumAtoms() == 1 else embed(mol, seed),
    )
    with pytest.raises(DataError, match="ETKDG finds no coordinates"):
        from_molecules(SMILES, coordinates="etkdg")
    left = from_molecules(SMILES, coordinates="etkdg", on_error="skip")
    assert left.smiles == [SMILES[0], SMILES[1], SMILES[3]]
    assert left.skipped[0].row == 3
    kept = from_molecules(SMILES, coordinates="etkdg", on_error="keep")
    assert len(kept) == 4
    assert kept[2].pos.isnan().all()
    assert kept[2].num_nodes == 1
    assert kept.skipped == left.skipped

import pytest
import torch
from rdkit import Chem

from graphattn.datasets import from_molecules
from graphattn.datasets.molecules.onehot import ATOM_FEATURES, BOND_FEATURES


def names(row, of):
    return {name for name, value in zip(of, row.tolist(), strict=True) if value == 1}


def test_an_atom_has_one_value_of_every_property():
    data = from_molecules(["C[C@H](F)[13CH2][O-]"], features="onehot")[0]
    assert data.x.shape == (5, len(ATOM_FEATURES))
    assert names(data.x[1], ATOM_FEATURES) == {
        "element=C",
        "degree=4",
        "charge=0",
        "chirality=counterclockwise",
        "hydrogens=1",
        "hybridisation=SP3",
        "radicals=0",
    }
    assert {"element=O", "charge=-1"} <= names(data.x[4], ATOM_FEATURES)
    table = Chem.GetPeriodicTable()
    mass = data.x[:, ATOM_FEATURES.index("mass/100")]
    assert mass[2] == pytest.approx(table.GetAtomicWeight(9) / 100)
    assert mass[3] == pytest.approx(table.GetMassForIsotope(6, 13) / 100)


def test_bonds_have_type_stereo_and_flags():
    data = from_molecules(["c1ccccc1/C=C/F"], features="onehot")[0]
    kinds = [names(row, BOND_FEATURES) for row in data.edge_attr]
    assert kinds[0] == {"type=aromatic", "stereo=none", "conjugated", "ring"}
    assert {"type=double", "stereo=E", "conjugated"} in kinds


def test_what_is_not_on_the_list_is_other():
    data = from_molecules(["[Fe+7]", "[U]", "[NH3]->[Cu+2]"], features="onehot")
    assert "charge=other" in names(data[0].x[0], ATOM_FEATURES)
    assert "element=other" in names(data[1].x[0], ATOM_FEATURES)
    assert "type=other" in names(data[2].edge_attr[0], BOND_FEATURES)


def test_every_block_sums_to_one(nci):
    data = from_molecules(nci.smiles[::301], features="onehot")
    for features, of in (
        (data._data.x, ATOM_FEATURES),
        (data._data.edge_attr, BOND_FEATURES),
    ):
        blocks = [name.partition("=")[0] for name in of]
        for block in {name.partition("=")[0] for name in of if "=" in name}:
            chosen = torch.tensor([one == block for one in blocks])
            assert (features[:, chosen].sum(1) == 1).all()

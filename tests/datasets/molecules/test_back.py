import pytest
import torch
from rdkit import Chem
from torch_geometric.data import Data

from graphattn.datasets import (
    DataError,
    from_molecules,
    from_rdkit,
    from_smiles,
    to_rdkit,
)

AWKWARD = (
    "C",
    "[Na+].[Cl-]",
    "F/C=C/F",
    r"C/C=C\C=C/C",
    "C[C@H](N)C(=O)O",
    "C[C@@H]1CC[C@H](O)CC1",
    "[2H]C([2H])([2H])O",
    "O=[N+]([O-])c1ccccc1",
    "[CH3]",
    "[NH4+]->[Cu+2]",
    "c1ccc2[nH]ccc2c1",
    "F[P-](F)(F)(F)(F)F",
    "[H][H]",
    "[13CH4]",
    "Cc1cccc(I)c1-c1c(C)cccc1N |wU:7.7|",
)


def canonical(mol, **options):
    return Chem.MolToSmiles(Chem.RemoveHs(mol), **options)


@pytest.mark.parametrize("smiles", AWKWARD)
@pytest.mark.parametrize("option", ["", "with_hydrogen", "kekulize"])
def test_the_molecule_comes_back(smiles, option):
    data = from_smiles(smiles, **({option: True} if option else {}))
    want = Chem.MolFromSmiles(smiles)
    back = to_rdkit(data)
    assert back.GetNumAtoms() == data.num_nodes
    if option == "kekulize":
        Chem.SanitizeMol(back)
    assert canonical(back) == canonical(want)
    stereo = {bond.GetStereo() for bond in want.GetBonds()}
    assert stereo == {bond.GetStereo() for bond in back.GetBonds()} or option


def test_every_37th_molecule_comes_back(nci):
    for data in nci[::37]:
        want = Chem.MolFromSmiles(data.smiles)
        assert Chem.MolToSmiles(to_rdkit(data)) == Chem.MolToSmiles(want)


def test_without_its_smiles_all_but_handedness_and_isotopes_comes_back(nci):
    for smiles in (*AWKWARD[:-1], *nci.smiles[::37]):
        data = from_smiles(smiles)
        del data.smiles
        want = Chem.MolFromSmiles(smiles)
        for atom in want.GetAtoms():
            atom.SetIsotope(0)
            atom.SetChiralTag(Chem.ChiralType.CHI_UNSPECIFIED)
        Chem.AssignStereochemistry(want, cleanIt=True, force=True)
        again = from_rdkit(to_rdkit(data))
        assert torch.equal(
            again.x[:, [0, 2, 3, 4, 5, 6, 7, 8]], data.x[:, [0, 2, 3, 4, 5, 6, 7, 8]]
        )
        assert torch.equal(again.edge_attr[:, [0, 2]], data.edge_attr[:, [0, 2]])
        if not any(a.GetChiralTag() for a in Chem.MolFromSmiles(smiles).GetAtoms()):
            assert Chem.MolToSmiles(to_rdkit(data)) == Chem.MolToSmiles(want)


def test_a_changed_graph_is_not_what_its_smiles_says():
    data = from_smiles("C[C@H](N)C(=O)O")
    data.x[2, 0] = 8  # N becomes O, with one hydrogen less
    data.x[2, 4] = 1
    data.x[2, 2] = 2
    assert Chem.MolToSmiles(to_rdkit(data)) == "CC(O)C(=O)O"


def test_nodes_in_another_order_than_the_smiles_keep_their_order():
    mol = Chem.MolFromSmiles("C[C@H](N)C(=O)O")
    turned = Chem.RenumberAtoms(mol, [5, 4, 3, 2, 1, 0])
    data = from_molecules([turned], coordinates="etkdg", seed=3)[0]
    back = to_rdkit(data)
    assert [a.GetAtomicNum() for a in back.GetAtoms()] == data.x[:, 0].tolist()
    assert Chem.MolToSmiles(back) == Chem.MolToSmiles(mol)
    places = torch.tensor(back.GetConformer().GetPositions())
    assert torch.allclose(places, data.pos.double())


def test_other_columns_and_no_molecules_are_refused():
    with pytest.raises(DataError, match="must have the columns of from_smiles"):
        to_rdkit(Data(x=torch.ones(3, 4)))
    data = from_smiles("CC(C)(C)C")
    data.x[1, 4] = 2
    del data.smiles
    with pytest.raises(DataError, match="the graph is no molecule: Explicit valence"):
        to_rdkit(data)

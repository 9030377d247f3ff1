import pytest
import torch
import torch_geometric.utils
from hypothesis import given, settings
from hypothesis import strategies as st
from rdkit import Chem, RDLogger, rdBase

from graphattn.datasets import (
    ATOM_SIZES,
    BOND_SIZES,
    DataError,
    from_rdkit,
    from_smiles,
    load,
)

AWKWARD = (
    "C",
    "[Na+].[Cl-]",
    "F/C=C/F",
    "C[C@H](N)C(=O)O",
    "[2H]C([2H])([2H])O",
    "C[N+](C)(C)C",
    "O=[N+]([O-])c1ccccc1",
    "[CH3]",
    "[NH4+]->[Cu+2]",
    "c1ccc2[nH]ccc2c1",
    "C#C[Si](C)(C)C",
    "F[P-](F)(F)(F)(F)F",
    "[H][H]",
)
ATROPISOMER = "Cc1cccc(I)c1-c1c(C)cccc1N |wU:7.7|"


def check_same(ours, theirs):
    assert torch.equal(ours.x, theirs.x)
    assert torch.equal(ours.edge_index, theirs.edge_index)
    assert torch.equal(ours.edge_attr, theirs.edge_attr)


def test_every_23rd_molecule_is_pygs(nci):
    for data in (*nci[::23], *load("sodium_channel")[::23]):
        check_same(data, torch_geometric.utils.from_smiles(data.smiles))


@pytest.mark.parametrize("smiles", AWKWARD)
@pytest.mark.parametrize("option", ["", "with_hydrogen", "kekulize"])
def test_an_awkward_molecule_is_pygs(smiles, option):
    options = {option: True} if option else {}
    ours = from_smiles(smiles, **options)
    check_same(ours, torch_geometric.utils.from_smiles(smiles, **options))
    assert ours.smiles == smiles


@given(st.sampled_from(AWKWARD), st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
def test_renumbering_the_atoms_renumbers_the_graph(smiles, random):
    mol = Chem.MolFromSmiles(smiles)
    order = list(range(mol.GetNumAtoms()))
    random.shuffle(order)
    one, other = from_rdkit(mol), from_rdkit(Chem.RenumberAtoms(mol, order))
    # Chirality is told by the order of neighbours, and may turn.
    keep = [0, 2, 3, 4, 5, 6, 7, 8]
    assert torch.equal(one.x[order][:, keep], other.x[:, keep])
    back = torch.tensor(order)[other.edge_index]
    sort = (back[0] * len(order) + back[1]).argsort()
    assert torch.equal(back[:, sort], one.edge_index)
    assert torch.equal(other.edge_attr[sort][:, [0, 2]], one.edge_attr[:, [0, 2]])


@pytest.mark.parametrize(
    ("smiles", "reason"),
    [
        ("C1CC", "it is not SMILES syntax"),
        ("", "it has no atoms"),
        (
            "C(C)(C)(C)(C)C",
            "explicit valence for atom # 0 C, 5, is greater than permitted",
        ),
        ("c1cccc1", "can't kekulize mol.  Unkekulized atoms: 0 1 2 3 4"),
    ],
)
def test_a_smiles_that_does_not_parse_is_an_error_with_the_reason(smiles, reason):
    with pytest.raises(DataError) as error:
        from_smiles(smiles)
    assert str(error.value) == (
        f"datasets.from_smiles: the SMILES does not parse: {reason}. Got:\n"
        f"  smiles = {smiles!r}"
    )


def test_the_log_of_rdkit_is_left_as_it_was(capfd):
    RDLogger.EnableLog("rdApp.error")
    before = rdBase.LogStatus()
    with pytest.raises(DataError):
        from_smiles("C1CC")
    assert rdBase.LogStatus() == before
    assert "rdApp.error:enabled" in before
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(("wedge", "stereo"), [("wU", 7), ("wD", 6)])
def test_an_atropisomer_has_a_class_of_its_own_where_pyg_fails(wedge, stereo):
    smiles = ATROPISOMER.replace("wU", wedge)
    with pytest.raises(ValueError, match="STEREOATROP"):
        torch_geometric.utils.from_smiles(smiles)
    assert from_smiles(smiles).edge_attr[:, 1].unique().tolist() == [0, stereo]


def test_what_pyg_has_no_class_for_is_the_last_one():
    charge = from_smiles("[Fe+7]").x
    assert charge[0, 3] == ATOM_SIZES[3] - 1
    planar = Chem.MolFromSmiles("C[Pt](C)(Cl)Cl")
    planar.GetAtomWithIdx(1).SetHybridization(Chem.HybridizationType.SP2D)
    assert from_rdkit(planar).x[1, 6] == ATOM_SIZES[6] - 1


def test_all_values_are_within_the_published_sizes(nci):
    for item in nci[::97]:
        assert (item.x < torch.tensor(ATOM_SIZES)).all()
        assert (item.edge_attr < torch.tensor(BOND_SIZES)).all()
        assert (item.x >= 0).all()

import gzip

import pytest
import torch
from rdkit import Chem
from rdkit.Chem import AllChem

from graphattn.datasets import DataError, load, to_rdkit

SMILES = ("C[C@H](N)C(=O)O", "c1ccccc1", "C[N+](C)(C)C")


def sdf(*, three_d=False, properties=("1.5", "", "2")):
    out = []
    for smiles, value in zip(SMILES, properties, strict=True):
        mol = Chem.MolFromSmiles(smiles)
        if three_d:
            mol = Chem.AddHs(mol)
            AllChem.EmbedMolecule(mol, randomSeed=3)
        block = Chem.MolToMolBlock(mol).replace("\n", f"{smiles}\n", 1)
        extra = f">  <a>\n{value}\n\n" if value else ""
        out.append(f"{block}{extra}>  <b> (7)\n{len(out)}\n\n$$$$\n")
    return "".join(out)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_molecules_properties_and_titles_are_read(write, end, pack):
    name = "mine.sdf" if pack is bytes else "mine.sdf.gz"
    data = load(write(name, pack(sdf().replace("\n", end).encode())), target=["a", "b"])
    assert data.ids == list(SMILES)
    assert data.y[:, 1].tolist() == [0, 1, 2]
    assert data.y[:, 0].isnan().tolist() == [False, True, False]
    for item, smiles in zip(data, SMILES, strict=True):
        want = Chem.MolToSmiles(Chem.MolFromSmiles(smiles))
        assert item.smiles == want
        assert Chem.MolToSmiles(to_rdkit(item)) == want


def test_positions_of_the_file_are_kept_and_its_hydrogens_are_not_nodes(write):
    path = write("mine.sdf", sdf(three_d=True))
    data = load(path, target="b", coordinates="given")
    assert data[1].num_nodes == 6
    assert data[1].distance.min() > 1.3
    full = load(path, target="b", coordinates="given", hydrogens=True)
    assert full[1].num_nodes == 12
    assert torch.equal(full[1].pos[:6], data[1].pos)
    assert data[0].smiles == Chem.CanonSmiles(SMILES[0])


def test_flat_positions_are_not_positions(write):
    with pytest.raises(DataError, match="the molecule has no 3D coordinates"):
        load(write("mine.sdf", sdf()), target="b", coordinates="given")


def test_a_broken_record_is_named_by_number_and_line(write):
    text = sdf().split("$$$$\n")
    text[1] = text[1].replace("V2000", "V7000")
    path = write("mine.sdf", "$$$$\n".join(text))
    with pytest.raises(DataError) as error:
        load(path, target="b")
    assert "the MOL block does not parse" in str(error.value)
    line = text[0].count("\n") + 2
    assert f"row = 2\n  line = {line}" in str(error.value)
    data = load(path, target="b", on_error="skip")
    assert [one.row for one in data.skipped] == [2]
    assert data.y.tolist() == [[0.0], [2.0]]


def test_a_mol_file_is_one_molecule_without_target(write):
    block = Chem.MolToMolBlock(Chem.MolFromSmiles("CCO"))
    data = load(write("mine.mol", block))
    assert len(data) == 1
    assert data[0].smiles == "CCO"
    assert data.y.shape == (1, 0)

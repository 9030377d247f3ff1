import numpy as np
import pytest
import torch
from rdkit import Chem

from graphattn.datasets import DataError, from_molecules
from graphattn.datasets.molecules import mol2, parts
from graphattn.datasets.molecules.parquet import read_parquet

SMILES = ["CCO", "c1ccccc1", "C[C@H](N)F"]


def test_rdkits_molecules_give_what_their_smiles_give():
    mols = [Chem.MolFromSmiles(one) for one in SMILES]
    ours, theirs = from_molecules(mols), from_molecules(SMILES)
    assert torch.equal(ours._data.x, theirs._data.x)
    assert ours.smiles == [Chem.MolToSmiles(mol) for mol in mols]


def test_targets_names_and_parts_come_along():
    y = np.array([[1.0, 2], [float("nan"), 4], [5, 6]])
    names = ["x", "y", "z"]
    data = from_molecules(
        SMILES, y, target_names=["a", "b"], ids=names, parts=["train", "val", "test"]
    )
    assert data[1].y.nan_to_num(-7).tolist() == [[-7, 4]]
    assert (data.ids, data.parts) == (names, ["train", "val", "test"])
    with pytest.raises(DataError, match="one entry per molecule"):
        from_molecules(SMILES, y[:2])
    with pytest.raises(DataError, match="one name per target"):
        from_molecules(SMILES, y, target_names=["a"])
    with pytest.raises(DataError, match="there is no molecule"):
        from_molecules([])


def test_inchi_is_read_as_well():
    assert from_molecules(["InChI=1S/CH4/h1H4"]).smiles == ["C"]


def test_one_file_per_part_is_one_dataset(write):
    files = [write(f"{n}.csv", f"smiles,y\nCCO,{n}.5\nC1CC,7\n") for n in range(3)]
    data = parts.read(*files, on_error="skip")
    assert data.parts == ["train", "val", "test"]
    assert data.y.tolist() == [[0.5], [1.5], [2.5]]
    assert [one.row for one in data.skipped] == [2, 2, 2]
    assert "1.csv: the SMILES does not parse" in data.skipped[1].reason
    other = write("2.csv", "smiles,z\nC,1\n")
    with pytest.raises(DataError, match="the files must have the same targets"):
        parts.read(*files[:2], other)


def test_several_blocks_of_a_mol2_are_several_molecules(write):
    block = (
        "@<TRIPOS>MOLECULE\n{}\n2 1 1\nSMALL\nNO_CHARGES\n\n@<TRIPOS>ATOM\n"
        "1 C 0 0 0 C.1 1 A\n2 N 1.1 0 0 N.1 1 A\n@<TRIPOS>BOND\n1 1 2 3\n"
    )
    data = mol2.read(write("mine.mol2", block.format("one") + block.format("two")))
    assert data.ids == ["one", "two"]
    assert data[1].x[:, 0].tolist() == [6, 7]


def test_a_parquet_is_a_table(tmp_path):
    polars = pytest.importorskip("polars")
    path = tmp_path / "mine.parquet"
    columns = {"smiles": SMILES, "y": [1.5, None, 2.0], "n": [1, 2, 3]}
    polars.DataFrame(columns).write_parquet(path)
    table = read_parquet(path)
    assert table.columns == ("smiles", "y", "n")
    assert table.values(1) == ["1.5", "", "2.0"]
    path.write_bytes(b"PAR1 but no more")
    with pytest.raises(DataError, match="the file is not a parquet table"):
        read_parquet(path)

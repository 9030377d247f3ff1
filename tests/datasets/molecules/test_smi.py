import pytest

from graphattn.datasets import DataError, load


def test_smiles_names_and_extensions_are_told_apart(write):
    twisted = "Cc1cccc(I)c1-c1c(C)cccc1N |wU:7.7| both"
    text = f"SMILES Name\nCCO\tethyl alcohol\n# a note\n\n{twisted}\nC\n"
    data = load(write("mine.smi", text))
    assert data.ids == ["ethyl alcohol", "both", ""]
    assert data.smiles[1].endswith("|wU:7.7|")
    assert data[1].edge_attr[:, 1].max() == 7
    assert data.y.shape == (3, 0)


def test_rows_count_molecules_and_lines_count_lines(write):
    path = write("mine.smi", "# a note\nCCO\n\nC1CC x\n")
    with pytest.raises(DataError, match=r"row = 2\n  line = 4"):
        load(path)
    data = load(path, on_error="keep")
    assert [item.num_nodes for item in data] == [3, 0]


def test_inchi_is_read_by_what_it_begins_with(write):
    data = load(write("mine.inchi", "InChI=1S/C2H6O/c1-2-3/h3H,2H2,1H3 ethanol\n"))
    assert (data.smiles, data.ids) == (["CCO"], ["ethanol"])
    table = "inchi,y\nInChI=1S/CH4/h1H4,1.5\n".replace("CH4/h1H4,", 'CH4/h1H4",')
    data = load(write("mine.csv", table.replace("InChI", '"InChI')))
    assert (data.smiles, data.y.tolist()) == (["C"], [[1.5]])


def test_a_file_of_notes_is_refused(write):
    with pytest.raises(DataError, match="the file has no molecule"):
        load(write("mine.smi", "# nothing\n"))

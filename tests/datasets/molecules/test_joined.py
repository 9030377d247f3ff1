import pytest

from graphattn.datasets import DataError, load


def test_a_structure_without_measurement_is_an_error_or_left_out(write):
    write("CHEMBL2321810.smi", "CCO 7\nCN 9\nCC 11\n")
    folder = write("CHEMBL2321810_act.csv", "Name,Act\n9,1.5\n7,high\n11,2\n").parent
    with pytest.raises(DataError) as error:
        load("sodium_channel", root=folder)
    assert str(error.value) == (
        "datasets.load: the compound has no number in column 'Act' of "
        'CHEMBL2321810_act.csv; add it, or pass on_error="skip" to leave such rows '
        "out. Got:\n"
        "  file = 'CHEMBL2321810.smi'\n"
        "  row = 1\n"
        "  line = 1\n"
        "  column = 'name'\n"
        "  value = '7'"
    )
    data = load("sodium_channel", root=folder, on_error="skip")
    assert data.smiles == ["CN", "CC"]
    assert data.skipped[0].value == "7"

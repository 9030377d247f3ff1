import pytest

from graphattn.datasets import DataError, murcko_scaffold


@pytest.mark.parametrize(
    ("smiles", "scaffold"),
    [
        ("CCO", ""),
        ("Cc1ccccc1", "c1ccccc1"),
        ("OCC1CCCCC1CC2CC2", "C1CCC(CC2CC2)CC1"),
        ("C[C@H]1CCCC[C@@H]1c1ccccc1", "c1ccc(C2CCCCC2)cc1"),
    ],
)
def test_the_scaffold_is_rings_and_linkers_without_stereo(smiles, scaffold):
    assert murcko_scaffold(smiles) == scaffold


def test_the_scaffold_of_no_molecule_is_an_error():
    with pytest.raises(DataError, match="the SMILES does not parse"):
        murcko_scaffold("C1CC")

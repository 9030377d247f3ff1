import pytest
from rdkit import Chem, RDLogger, rdBase

from graphattn.datasets.molecules.parsing import parse, parse_all

ETHANOL = Chem.MolFromSmiles("CCO")
FIVE_BONDS = "C(C)(C)(C)(C)C"
BAD_BLOCK = Chem.MolToMolBlock(Chem.MolFromSmiles(FIVE_BONDS, sanitize=False))
METHANOL = """@<TRIPOS>MOLECULE
methanol
6 5 1
SMALL
NO_CHARGES

@<TRIPOS>ATOM
1 C -0.3 0.1 0.1 C.3 1 A
2 O 0.8 -0.7 0.1 O.3 1 A
3 H -0.9 0.1 -0.8 H 1 A
4 H -0.9 -0.2 0.9 H 1 A
5 H 0.1 1.1 0.2 H 1 A
6 H 1.3 -0.5 -0.7 H 1 A
@<TRIPOS>BOND
1 1 2 1
2 1 3 1
3 1 4 1
4 1 5 1
5 2 6 1
"""
TEXTS = {
    "smiles": (
        "CCO",
        {
            "C1CC": "it is not SMILES syntax",
            "": "it has no atoms",
            "[C@H999](N)F": "an atom has an impossible valence",
        },
    ),
    "inchi": (
        "InChI=1S/C2H6O/c1-2-3/h3H,2H2,1H3",
        {"InChI=1S/C2H6O/c1-2": "it is not an InChI", "CCO": "it is not an InChI"},
    ),
    "mol block": (
        Chem.MolToMolBlock(ETHANOL),
        {
            "nonsense\n": "it is not a MOL block",
            BAD_BLOCK: "explicit valence for atom # 0 C, 5, is greater than permitted",
        },
    ),
    "mol2": (
        METHANOL,
        {
            "@<TRIPOS>MOLECULE\nx\n": "it is not a MOL2 block",
            METHANOL.replace("6 5 1", "-1"): "counts more atoms or bonds than it has",
            METHANOL.replace("6 5 1", "6 999999999999"): "counts more atoms or bonds",
        },
    ),
}


@pytest.mark.parametrize("notation", TEXTS)
def test_every_notation_gives_a_molecule_or_a_reason(notation):
    good, bad = TEXTS[notation]
    (mol, reason), *others = parse_all([good, *bad], notation)
    assert mol is not None
    assert reason == ""
    assert Chem.MolToSmiles(Chem.RemoveHs(mol)) in ("CCO", "CO")
    for (mol, got), want in zip(others, bad.values(), strict=True):
        assert mol is None
        assert want in got


def test_rdkits_own_molecules_are_checked_and_not_changed():
    raw = Chem.MolFromSmiles("c1ccccc1O", sanitize=False)
    five = Chem.MolFromSmiles(FIVE_BONDS, sanitize=False)
    (mol, _), (none, reason), (nothing, why) = parse_all([raw, five, 7], "rdkit")
    assert mol.GetAtomWithIdx(0).GetTotalNumHs() == 1
    assert raw.NeedsUpdatePropertyCache()
    assert none is nothing is None
    assert "explicit valence" in reason
    assert why == "it is not an RDKit molecule"


def test_the_log_of_rdkit_is_silent_and_then_as_it_was(capfd):
    RDLogger.EnableLog("rdApp.error")
    before = rdBase.LogStatus()
    parse_all(["C1CC", FIVE_BONDS])
    parse("C1CC")
    assert rdBase.LogStatus() == before
    assert capfd.readouterr().err == ""

import pytest

from graphattn.compare import load_task

NOTHING = {"smiles": None, "target": None, "labels": None}


def test_a_name_needs_no_description():
    assert load_task("karate", {**NOTHING, "target": "pIC50"}).name == "karate"


def test_files_of_both_kinds_get_what_suits_them(tmp_path):
    table, ties, labels = (tmp_path / n for n in ("mols.csv", "ties.csv", "who.csv"))
    table.write_text("smiles,a,b\nCCO,1,2\nCCN,2,3\nc1ccccc1,3,4\n")
    ties.write_text("source,target\n1,2\n2,3\n")
    labels.write_text("id,label\n1,x\n2,y\n3,x\n")
    options = {"smiles": "smiles", "target": "b", "labels": str(labels)}
    assert load_task(str(table), options).target == "b"
    assert load_task(str(ties), options).class_names == ("x", "y")


def test_an_unknown_name_is_told_with_the_nearest():
    with pytest.raises(ValueError, match="karate"):
        load_task("karte", NOTHING)

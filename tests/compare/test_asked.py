from dataclasses import replace

import pytest
import torch

from graphattn.compare import Study, prepare
from graphattn.compare.asked import asked
from graphattn.compare.folder.trained import Member, Trained
from graphattn.compare.specification import Specification
from graphattn.datasets import from_molecules
from graphattn.models import Columns

STUDY = Study(layers=1, channels=6, heads=2)


@pytest.fixture
def models() -> Trained:
    """Two models that have learned nothing, of a study whose column is `mine`."""
    task = prepare(from_molecules(["CCO", "CCN", "CC#N"], [0.5, 1.5, 3.5]))
    specification = Specification.of(task, STUDY)
    members = (
        Member(seed, specification.build(seed).eval(), torch.ones(1), torch.ones(1))
        for seed in (3, 5)
    )
    describes = {"kind": "molecules", "target": "pK", "class_names": []}
    terms = {"data": "made_up"}
    return Trained("edges", terms, describes, specification, tuple(members))


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "study.toml").write_text('smiles = "mine"\n')
    return tmp_path


def test_the_column_is_that_of_the_study_where_the_table_has_it(models, folder):
    (folder / "a.csv").write_text("smiles,mine\nC,CCO\nCC,CCN\n")
    (folder / "b.csv").write_text("k,Smiles\n1,C\n2,CC\n")
    assert asked(folder, models, folder / "a.csv").task.smiles == ("CCO", "CCN")
    assert asked(folder, models, folder / "b.csv").task.smiles == ("C", "CC")
    got = asked(folder, models, folder / "a.csv", "smiles")
    assert got.task.smiles == ("C", "CC")


def test_every_row_is_answered_as_if_it_were_alone(models, folder):
    texts = ["CCO", "C1CC", "c1ccccc1", "", "CC#N"]
    (folder / "all.csv").write_text("\n".join(["mine,z", *(f"{t},7" for t in texts)]))
    rows = asked(folder, models, folder / "all.csv").answered(models)
    assert [row["mine"] for row in rows] == texts
    assert [row["pK_mean"] is None for row in rows] == [0, 1, 0, 1, 0]
    assert [bool(row["problem"]) for row in rows] == [0, 1, 0, 1, 0]
    for text, row in zip(texts, rows, strict=True):
        if not row["problem"]:
            (folder / "one.csv").write_text(f"mine,z\n{text},7\n")
            (alone,) = asked(folder, models, folder / "one.csv").answered(models)
            assert alone["pK_mean"] == pytest.approx(row["pK_mean"], abs=1e-5)
            assert alone["pK_std"] == pytest.approx(row["pK_std"], abs=1e-5)


def test_models_of_other_features_are_not_asked(models, folder):
    (folder / "a.csv").write_text("mine\nCCO\n")
    other = replace(models.specification, nodes=Columns(28))
    with pytest.raises(ValueError, match=r"other features.*(?s:.)*made_up"):
        asked(folder, replace(models, specification=other), folder / "a.csv")


def test_two_columns_of_one_name_are_an_error(models, folder):
    (folder / "a.csv").write_text("mine,z,z\nCCO,1,2\n")
    with pytest.raises(ValueError, match=r"two columns have one name"):
        asked(folder, models, folder / "a.csv")

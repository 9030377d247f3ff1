import csv
import io
import json
import math
import shutil

import pytest
from typer.testing import CliRunner

from graphattn.cli import app

SMILES = 4 * ["CCO", "CCN", "c1ccccc1C", "CCC", "OCC=O", "CC#N", "CCCl"]


def run(*arguments: object):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture(scope="module")
def molecules(tmp_path_factory):
    folder = tmp_path_factory.mktemp("models")
    lines = [f"{s},{k % 7}.5" for k, s in enumerate(SMILES)]
    (folder / "known.csv").write_text("\n".join(["smiles,activity", *lines]))
    got = run(
        *("train", folder / "known.csv", "--seeds", "2", "--epochs", "2"),
        *("--hidden", "12", "--heads", "3", "--layers", "1"),
        *("--split", "random", "--jobs", "1", "--out", folder / "study"),
    )
    assert got.exit_code == 0, got.stderr
    return folder / "study"


@pytest.fixture(scope="module")
def karate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("karate")
    got = run(
        *("compare", "--data", "karate", "--attention", "edges,full", "--seeds", "2"),
        *("--epochs", "2", "--hidden", "12", "--heads", "3", "--layers", "1"),
        *("--jobs", "1", "--baselines", "mean", "--out", folder),
    )
    assert got.exit_code == 0, got.stderr
    return folder


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_molecules_are_predicted_with_an_uncertainty(molecules, tmp_path):
    new = tmp_path / "new.csv"
    new.write_text("id,smiles\na,CCO\nb,CCCCO\n")
    got = run("predict", molecules, new)
    assert got.exit_code == 0, got.stderr
    rows = table(got.stdout)
    assert [row["id"] for row in rows] == ["a", "b"]
    for row in rows:
        assert math.isfinite(float(row["activity_mean"]))
        assert float(row["activity_std"]) > 0
    run("predict", molecules, new, "--out", tmp_path / "out.csv")
    assert table((tmp_path / "out.csv").read_text()) == rows


def test_rows_that_cannot_be_read_stay_with_the_reason(molecules, tmp_path):
    new = tmp_path / "new.tsv"
    new.write_text("Name\tSMILES\na\tC1CC\nb\tCCO\nc\t\nd\tCCN\n")
    got = run("predict", molecules, new)
    assert got.exit_code == 0, got.stderr
    rows = table(got.stdout)
    assert [row["Name"] for row in rows] == list("abcd")
    assert [row["activity_mean"] == "" for row in rows] == [True, False, True, False]
    assert [row["problem"] == "" for row in rows] == [False, True, False, True]
    assert "2 of 4 rows without an answer:\n  row 1: " in got.stderr
    alone = tmp_path / "alone.csv"
    alone.write_text("smiles\nCCO\n")
    (row,) = json.loads(run("predict", molecules, alone, "--json").stdout)
    assert row["activity_mean"] == pytest.approx(float(rows[1]["activity_mean"]))


def test_one_model_says_nothing_of_its_spread(molecules, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(molecules, copy)
    for file in copy.rglob("split-1-seed-1.*"):
        file.unlink()
    (tmp_path / "new.csv").write_text("smiles\nCCO\n")
    (row,) = table(run("predict", copy, tmp_path / "new.csv").stdout)
    assert row["activity_std"] == ""
    assert float(row["activity_mean"])


def test_a_molecule_is_explained_atom_by_atom(molecules):
    got = run("explain", molecules, "--smiles", "CCO", "--json")
    assert got.exit_code == 0, got.stderr
    pairs = json.loads(got.stdout)
    assert {(p["node"], p["attends to"]) for p in pairs} == {
        *(("C1", "C1"), ("C1", "C2"), ("C2", "C1"), ("C2", "C2")),
        *(("C2", "O3"), ("O3", "C2"), ("O3", "O3")),
    }
    assert sum(p["weight"] for p in pairs) == pytest.approx(3, abs=1e-4)
    assert "mean of 2 models" in run("explain", molecules, "--smiles", "CCO").stdout


def test_the_nodes_of_a_network_are_predicted_and_explained(karate):
    got = run("predict", karate, "--structure", "mean")
    assert got.exit_code == 0, got.stderr
    rows = table(got.stdout)
    assert len(rows) == 34
    assert 0.5 <= float(rows[0]["chance"]) <= 1
    assert rows[0]["agreement"] in ("0.5", "1.0")
    pairs = json.loads(
        run("explain", karate, "--node", rows[4]["node"], "--json").stdout
    )
    assert {p["node"] for p in pairs} == {rows[4]["node"]}
    assert sum(p["weight"] for p in pairs) == pytest.approx(1, abs=1e-4)


def test_listed_nodes_are_predicted_in_their_order(karate, tmp_path):
    every = {row["node"]: row for row in table(run("predict", karate).stdout)}
    some = tmp_path / "some.csv"
    some.write_text("node,why\n7,a\nnobody,b\n3,c\n")
    got = run("predict", karate, some)
    assert got.exit_code == 0, got.stderr
    first, nobody, last = table(got.stdout)
    assert (first["why"], first["chance"]) == ("a", every["7"]["chance"])
    assert last["predicted"] == every["3"]["predicted"]
    assert (nobody["predicted"], nobody["why"]) == ("", "b")
    assert "row 2: the network has no such node" in got.stderr


@pytest.mark.parametrize("ending", ["png", "svg"])
def test_attention_is_drawn_for_every_structure(karate, molecules, tmp_path, ending):
    picture = tmp_path / f"seen.{ending}"
    for arguments in (
        (molecules, "--smiles", "c1ccccc1CO"),
        (karate, "--node", "3", "--structure", "edges,full"),
    ):
        got = run("explain", *arguments, "--picture", picture, "--top", 3)
        assert got.exit_code == 0, got.stderr
        assert got.stdout.count("mean of 2 models") == arguments.count("edges,full") + 1
        start = picture.read_bytes()[:200]
        assert (b"PNG" if ending == "png" else b"<?xml") in start
        picture.unlink()


def test_what_cannot_be_answered_is_one_clear_message(molecules, karate, tmp_path):
    bad = tmp_path / "bad.csv"
    bad.write_text("id,smiles\na,C1CC\nb,C(C\n")
    twice = tmp_path / "twice.csv"
    twice.write_text("smiles,activity_std\nCCO,1\n")
    cases = [
        (["predict", molecules, bad], ["no usable row", "C1CC"]),
        (["predict", molecules, twice], ["'activity_std'", "rename"]),
        (["predict", karate, twice], ["column `node`"]),
        (["predict", karate, "--out", tmp_path / "no" / "a.csv"], ["no folder"]),
        (["explain", molecules, "--smiles", "C", "--picture", "a.gif"], ["png, svg"]),
        (["predict", molecules, bad, "--smiles", "smile"], ["--smiles", "'id'"]),
        (["predict", molecules], ["csv of molecules"]),
        (["predict", tmp_path], ["no study"]),
        (["predict", karate, "--structure", "2-hop"], ["'full'", "no models"]),
        (["predict", karate, "--data", "kerate"], ["karate"]),
        (["explain", karate, "--node", "999"], ["no such node"]),
        (["explain", karate], ["--node"]),
        (["explain", karate, "--structure", "mean", "--node", "1"], ["no attention"]),
    ]
    for arguments, words in cases:
        got = run(*arguments)
        assert got.exit_code == 2, arguments
        assert got.stderr.startswith("graphattn: error: ")
        for word in words:
            assert word in got.stderr, arguments


def test_the_weights_of_another_model_are_refused(molecules, karate, tmp_path):
    copy = tmp_path / "copy"
    shutil.copytree(karate, copy)
    (other,) = molecules.rglob("split-0-seed-0.safetensors")
    (own,) = copy.rglob("edges/split-0-seed-0.safetensors")
    own.write_bytes(other.read_bytes())
    got = run("predict", copy)
    assert got.exit_code == 2
    assert "split-0-seed-0.safetensors" in got.stderr


def test_files_that_are_gone_or_cut_short_are_named(molecules, tmp_path):
    shutil.copytree(molecules, tmp_path / "gone")
    (weights,) = (tmp_path / "gone").rglob("split-1-seed-1.safetensors")
    weights.unlink()
    shutil.copytree(molecules, tmp_path / "cut")
    (record,) = (tmp_path / "cut").rglob("split-1-seed-1.json")
    record.write_text(record.read_text()[:-99])
    for folder, file in (("gone", weights), ("cut", record)):
        got = run("explain", tmp_path / folder, "--smiles", "CCO")
        assert got.exit_code == 2
        assert file.name in got.stderr


def test_runs_that_have_not_finished_are_no_models(molecules, tmp_path):
    shutil.copytree(molecules, tmp_path / "begun")
    for record in (tmp_path / "begun").rglob("split-*.json"):
        record.unlink()
    got = run("explain", tmp_path / "begun", "--smiles", "CCO")
    assert got.exit_code == 2
    assert "no models" in got.stderr

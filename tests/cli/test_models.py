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
    pairs = json.loads(
        run("explain", karate, "--node", rows[4]["node"], "--json").stdout
    )
    assert {p["node"] for p in pairs} == {rows[4]["node"]}
    assert sum(p["weight"] for p in pairs) == pytest.approx(1, abs=1e-4)


def test_what_cannot_be_answered_is_one_clear_message(molecules, karate, tmp_path):
    bad = tmp_path / "bad.csv"
    bad.write_text("id,smiles\na,CCO\nb,C1CC\n")
    cases = [
        (["predict", molecules, bad], ["C1CC", "2"]),
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

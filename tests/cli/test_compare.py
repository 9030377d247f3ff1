import pytest
from typer.testing import CliRunner

from graphattn.cli import app

TINY = (
    *("--seeds", "2", "--epochs", "2", "--hidden", "12"),
    *("--heads", "3", "--layers", "1", "--jobs", "1", "--baselines", "none"),
)


def run(*arguments: object):
    return CliRunner().invoke(app, ["compare", *map(str, arguments)])


@pytest.fixture
def ties(tmp_path):
    rows = [f"{k},x,{(k + 1) % 19}" for k in range(19)]
    (tmp_path / "ties.csv").write_text("\n".join(["giver,what,taker", *rows]))
    rows = [f"{k},{k % 3},{'ab'[k % 2]}" for k in range(19)]
    (tmp_path / "people.csv").write_text("\n".join(["id,age,party", *rows]))
    return tmp_path


def test_the_columns_of_an_edge_list_can_be_named(ties):
    got = run(
        *("--data", ties / "ties.csv", "--source", "giver", "--destination", "taker"),
        *("--labels", ties / "people.csv", "--label", "party", *TINY),
        *("--out", ties / "out"),
    )
    assert got.exit_code == 0, got.stderr
    assert "19 nodes" in got.stdout


def test_messages_name_the_options_of_the_command(ties):
    got = run(
        *("--data", ties / "ties.csv", "--source", "gver", "--destination", "taker"),
        *("--out", ties / "out"),
    )
    assert got.exit_code == 2
    assert "--source" in got.stderr
    assert "source=" not in got.stderr


def test_a_study_is_gone_on_with_and_read_from_its_file(tmp_path):
    got = run("--data", "karate", *TINY, "--out", tmp_path / "one")
    assert got.exit_code == 0, got.stderr
    assert got.stderr.count("test accuracy") == 6
    again = run(tmp_path / "one", "--seeds", "3", "--jobs", "1")
    assert again.exit_code == 0, again.stderr
    assert again.stderr.count("test accuracy") == 3
    assert "3 seeds" in again.stdout
    file = tmp_path / "my.toml"
    file.write_text((tmp_path / "one" / "study.toml").read_text() + "sedes = 3")
    wrong = run(file, "--out", tmp_path / "two")
    assert wrong.exit_code == 2
    assert "'seeds'" in wrong.stderr


def test_the_metric_can_be_chosen_and_other_runs_are_judged_by_it(tmp_path):
    two = (*TINY, "--attention", "edges,full")
    got = run("--data", "karate", *two, "--out", tmp_path)
    assert got.exit_code == 0, got.stderr
    again = run(tmp_path, "--metric", "macro-f1", "--jobs", "1")
    assert again.exit_code == 0, again.stderr
    assert again.stderr.count("test macro F1") == 4
    assert "macro F1 on the test part" in (tmp_path / "results.md").read_text()
    assert 'metric = "macro-f1"' in (tmp_path / "study.toml").read_text()
    wrong = run(tmp_path, "--metric", "MAE")
    assert wrong.exit_code == 2
    assert "['accuracy', 'macro F1', 'ROC-AUC', 'average precision']" in wrong.stderr


def test_baselines_are_rows_and_molecules_have_fingerprints(tmp_path):
    file = tmp_path / "molecules.csv"
    smiles = 4 * ["CCO", "CCN", "c1ccccc1C", "CCC", "OCC=O", "CC#N", "CCCl"]
    lines = [f"{s},{k % 7}.5" for k, s in enumerate(smiles)]
    file.write_text("\n".join(["smiles,activity", *lines]))
    arguments = TINY[:-2]
    got = run("--data", file, *arguments, "--split", "random", "--out", tmp_path / "o")
    assert got.exit_code == 0, got.stderr
    for name in ("self", "rewired", "mean", "fingerprint"):
        assert f"{name} against edges" in got.stdout
    assert "sklearn" in got.stdout


def test_a_row_that_is_no_molecule_can_be_skipped(tmp_path):
    rows = [f"{'C' * k}O,{k}" for k in range(1, 19)]
    (tmp_path / "m.csv").write_text("\n".join(["smiles,y", "C1CC,3", *rows]))
    given = ("--data", tmp_path / "m.csv", "--split", "random", "--out", tmp_path / "o")
    got = run(*given, *TINY)
    assert got.exit_code == 2
    assert "or pass --on-error skip to leave" in got.stderr
    got = run(*given, "--on-error", "skip", *TINY)
    assert got.exit_code == 0, got.stderr
    assert "18 molecules" in got.stdout

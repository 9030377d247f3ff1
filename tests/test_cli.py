import json
import os
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from graphattn.cli import app

TINY = (
    *("--seeds", "2", "--epochs", "2", "--hidden", "12"),
    *("--heads", "3", "--layers", "1", "--jobs", "1", "--baselines", "none"),
)


def run(*arguments: object):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def molecules(tmp_path):
    smiles = ["CCO", "CCN", "c1ccccc1", "CCC", "OCC=O", "CC#N", "CCCl", "C1CC1"]
    lines = [f"{s},{k}.5" for k, s in enumerate(3 * smiles)]
    file = tmp_path / "molecules.csv"
    file.write_text("\n".join(["smiles,activity", *lines]))
    return file


def test_karate_ends_with_a_table_an_answer_and_files(tmp_path):
    got = run("compare", "--data", "karate", *TINY, "--out", tmp_path)
    assert got.exit_code == 0, got.stderr
    for words in ("difference to edges", "2-hop against edges:", "2 seeds", "Written"):
        assert words in got.stdout
    assert got.stderr.count("test accuracy") == 2 * 3
    suffixes = {file.suffix for file in tmp_path.iterdir()}
    assert suffixes == {".json", ".md", ".toml", ""}
    assert (tmp_path / "report" / "index.html").is_file()
    pictures = (tmp_path / "report" / "figures").glob("*.png")
    assert any(file.stat().st_size > 10_000 for file in pictures)


def test_json_is_all_there_is_on_stdout(tmp_path, molecules):
    got = run(
        *("compare", "--data", molecules, "--json", "--attention"),
        *("edges,window:3,causal,full", "--split", "random", *TINY),
        *("--out", tmp_path / "out"),
    )
    assert got.exit_code == 0, got.stderr
    found = json.loads(got.stdout)
    names = [row["structure"] for row in found["comparisons"][0]["rows"]]
    assert names == ["edges", "window:3", "causal", "full"]
    assert found["complete"]


def test_an_edge_list_with_labels_is_compared(tmp_path):
    ring = [(k, (k + 1) % 19) for k in range(19)]
    (tmp_path / "ties.csv").write_text(
        "\n".join(["source,target", *(f"{i},{j}" for i, j in ring)])
    )
    (tmp_path / "labels.csv").write_text(
        "\n".join(["id,label", *(f"{k},{'ab'[k % 2]}" for k in range(19))])
    )
    got = run(
        *("compare", "--data", tmp_path / "ties.csv", *TINY),
        *("--labels", tmp_path / "labels.csv", "--out", tmp_path / "out"),
    )
    assert got.exit_code == 0, got.stderr
    assert "19 nodes" in got.stdout


BAD_FILES = {
    "smiles in row 7": ("smiles,y\n" + "CCO,1\n" * 6 + "C1CC,2\n", ["row = 7", "C1CC"]),
    "no such column": ("smiles,y\nCCO,1\n", ["no such column", "activity"]),
    "target no number": ("smiles,activity\nCCO,1\nCCN,high\n", ["row = 2", "high"]),
    "empty file": ("", ["empty"]),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_bad_table_is_one_clear_message(tmp_path, case):
    content, words = BAD_FILES[case]
    file = tmp_path / "molecules.csv"
    file.write_text(content)
    extra = ["--target", "activity"] if case == "no such column" else []
    got = run("compare", "--data", file, *extra, "--out", tmp_path / "out")
    assert_clear(got, [*words, "molecules.csv"])


def test_a_dangling_id_is_one_clear_message(tmp_path):
    ties, labels = tmp_path / "ties.csv", tmp_path / "labels.csv"
    ties.write_text("source,target\nann,bob\nbob,zoe\n")
    labels.write_text("id,label\nann,x\nbob,y\n")
    got = run(
        *("compare", "--data", ties, "--labels", labels, "--out", tmp_path / "out")
    )
    assert_clear(got, ["zoe", "row = 2"])


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--data", "karte"], ["karate"]),
        (["--data", "karate", "--heads", "5"], ["divisible by heads", "heads = 5"]),
        (["--data", "karate", "--attention", "edgs"], ["'edges'"]),
        (["--data", "karate", "--score", "dott"], ["score must be one of"]),
        (["--data", "missing.csv"], ["no such file", "missing.csv"]),
        (["--data", "karate", "--split", "scaffold"], ["does not suit"]),
        (
            ["--data", "karate", "--out", "/proc/nowhere"],
            ["cannot be written", "--out"],
        ),
    ],
)
def test_bad_options_are_one_clear_message(tmp_path, arguments, words):
    got = run("compare", "--out", tmp_path, *arguments)
    assert_clear(got, words)


def assert_clear(got, words) -> None:
    assert got.exit_code == 2
    assert got.stdout == ""
    for word in words:
        assert word in got.stderr
    assert "Traceback" not in got.stderr
    assert got.stderr.startswith("graphattn: error: ")


def test_debug_shows_where_it_went_wrong(tmp_path):
    got = run("compare", "--data", "karte", "--debug", "--out", tmp_path)
    assert isinstance(got.exception, ValueError)


def test_ctrl_c_keeps_the_finished_seeds(tmp_path, monkeypatch):
    from graphattn.compare import work

    runs = []

    def stop_in_the_second_seed(*arguments):
        if len(runs) == 4:
            raise KeyboardInterrupt
        runs.append(arguments)
        return real(*arguments)

    real = work.run
    monkeypatch.setattr(work, "run", stop_in_the_second_seed)
    got = run("compare", "--data", "karate", *TINY, "--out", tmp_path)
    assert got.exit_code == 130
    assert "Stopped" in got.stderr
    found = json.loads((tmp_path / "results.json").read_text())
    assert not found["complete"]
    assert found["comparisons"][0]["seeds"] == [0]
    assert len(found["runs"]) == 4


def test_info_lists_versions_kernels_and_data():
    got = run("info")
    assert got.exit_code == 0
    for words in ("torch", "kernel", "threads", "karate", "sodium_channel"):
        assert words in got.stdout
    found = json.loads(run("info", "--json").stdout)
    assert found["devices"]["cpu"]["kernel"] in ("portable", "native")


def python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        check=False,
    )


def test_the_command_runs_in_a_process_of_its_own(tmp_path):
    code = "import sys; from graphattn.__main__ import main; "
    code += f"sys.argv = ['graphattn', 'compare', *{TINY!r}, '--data', 'karate', "
    code += f"'--json', '--out', {str(tmp_path)!r}]; main()"
    got = python(code)
    assert got.returncode == 0, got.stderr
    assert json.loads(got.stdout)["complete"]
    assert "Warning" not in got.stderr


def test_without_the_extra_it_says_which_one_is_needed():
    code = "import sys; sys.modules['typer'] = None; "
    code += "from graphattn.__main__ import main; main()"
    got = python(code)
    assert got.returncode == 2
    assert 'pip install "graphattn[app]"' in got.stderr
    assert "Traceback" not in got.stderr


LISTS = (["datasets", "list"], ["datasets", "list", "--json"], ["info"], ["--help"])


@pytest.mark.parametrize("arguments", LISTS, ids=" ".join)
def test_a_reader_that_has_gone_ends_it_quietly(arguments):
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "graphattn", *arguments]
    got = subprocess.run(
        command, stdout=write, stderr=subprocess.PIPE, text=True, check=False
    )
    os.close(write)
    assert (got.returncode, got.stderr) == (1, "")

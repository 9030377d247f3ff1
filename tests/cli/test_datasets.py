import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from graphattn.cli import app
from graphattn.datasets import names

CARD = """
title = "Ties"
about = "Who knows whom."
reader = "social.edge_list"
licence = "CC0"
cite = "Doe 2020"
statistics = { nodes = 3 }

[[files]]
name = "ties.csv"
url = "http://127.0.0.1:9/ties.csv"
size = 21
"""


@pytest.fixture(autouse=True)
def cards(tmp_path, monkeypatch):
    monkeypatch.setenv("GRAPHATTN_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("GRAPHATTN_DATA", raising=False)
    (tmp_path / "cards").mkdir()
    (tmp_path / "cards" / "ties.toml").write_text(CARD)
    monkeypatch.setenv("GRAPHATTN_CARDS", str(tmp_path / "cards"))


@pytest.fixture
def ties(tmp_path):
    (tmp_path / "ties.csv").write_text("source,target\nann,bob")
    return tmp_path / "ties.csv"


def run(*arguments: object):
    return CliRunner().invoke(app, ["datasets", *map(str, arguments)])


def test_list_names_every_data_set_one_per_line():
    got = run("list")
    assert got.exit_code == 0, got.stderr
    lines = got.stdout.splitlines()
    assert [line.split()[0] for line in lines] == list(names())
    assert "to fetch" in next(line for line in lines if line.startswith("ties "))
    rows = json.loads(run("list", "--json").stdout)
    assert {"name": "karate", "here": True, "title": "Zachary's karate club"} in rows


def test_show_prints_the_card(ties, tmp_path):
    got = run("show", "ties", "--root", tmp_path)
    assert got.stdout == (
        "ties: Ties\n\nWho knows whom.\n\n"
        "reader      social.edge_list\nlicence     CC0\ncite        Doe 2020\n"
        "statistics  nodes = 3\noptions     none\n\n"
        "file        ties.csv\n"
        "  role      path\n"
        "  url       http://127.0.0.1:9/ties.csv\n"
        "  size      21\n"
        f"  here      {ties}\n"
    )
    shown = json.loads(run("show", "ties", "--json").stdout)
    assert shown["files"] == [
        {
            "name": "ties.csv",
            "role": "path",
            "url": ["http://127.0.0.1:9/ties.csv"],
            "size": 21,
        }
    ]


def test_path_and_fetch_print_where_the_files_are(ties, tmp_path):
    for command in ("path", "fetch"):
        got = run(command, "ties", "--root", tmp_path)
        assert (got.exit_code, got.stdout) == (0, f"path\t{ties}\n")
        got = run(command, "ties", "--root", tmp_path, "--json")
        assert json.loads(got.stdout) == {"path": str(ties)}


def test_a_missing_file_is_one_clear_message(tmp_path):
    got = run("path", "ties")
    assert got.exit_code == 2
    assert got.stderr.startswith("graphattn: error: datasets.load: files of dataset ")
    assert "graphattn datasets fetch ties" in got.stderr
    assert run("show", "tise").stderr.endswith("nearest = ['ties']\n")


def test_offline_fetch_says_what_to_put_where(tmp_path, monkeypatch):
    monkeypatch.setattr("graphattn.datasets.download.PAUSE", 0.001)
    got = run("fetch", "ties")
    assert got.exit_code == 2
    assert f"put them into {tmp_path / 'cache' / 'ties'}:\n  ties.csv, 21" in got.stderr


def test_the_documentation_has_the_table_of_all_data_sets(monkeypatch):
    monkeypatch.delenv("GRAPHATTN_CARDS")
    page = Path(__file__).parents[2] / "docs" / "catalogue.md"
    # Where this fails: graphattn datasets list --markdown > docs/catalogue.md
    assert page.read_text() == run("list", "--markdown").stdout

import pytest
from typer.testing import CliRunner

from graphattn.cli import app

TINY = (
    *("--seeds", "2", "--epochs", "2", "--hidden", "12"),
    *("--heads", "3", "--layers", "1", "--jobs", "1"),
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

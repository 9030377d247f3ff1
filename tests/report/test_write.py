import json
import os

import pytest

from graphattn.report import check_writable, to_json, write_report
from graphattn.report.write import write_atomically


def test_a_report_is_results_a_table_and_pictures(outcome, tmp_path):
    files = write_report(outcome, tmp_path)
    assert sorted(file.name for file in files) == [
        "karate-attention.png",
        "karate-curves.png",
        "karate-metric.png",
        "results.json",
        "results.md",
    ]
    assert sorted(tmp_path.iterdir()) == sorted(files)
    found = json.loads((tmp_path / "results.json").read_text("utf-8"))
    assert found["complete"]
    assert len(found["runs"]) == 4
    assert found["comparisons"][0]["rows"][1]["structure"] == "full"
    assert all(file.stat().st_size > 500 for file in files)


def test_json_has_no_nan(outcome):
    text = json.dumps(to_json(outcome), allow_nan=False)
    assert json.loads(text)["study"]["seeds"] == 2


def test_a_file_that_fails_half_way_leaves_the_old_one(tmp_path):
    file = tmp_path / "table.md"
    file.write_text("old")

    def fail(path) -> None:
        path.write_text("half")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_atomically(file, fail)
    assert [f.name for f in tmp_path.iterdir()] == ["table.md"]
    assert file.read_text() == "old"


def test_a_folder_is_made_or_refused_before_any_work(tmp_path):
    check_writable(tmp_path / "new" / "deep")
    assert list((tmp_path / "new" / "deep").iterdir()) == []
    (tmp_path / "file").write_text("")
    with pytest.raises(ValueError, match="--out"):
        check_writable(tmp_path / "file")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_is_refused(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(ValueError, match="Permission denied"):
        check_writable(tmp_path)

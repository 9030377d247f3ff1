import json

from graphattn.report import to_json, write_report


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

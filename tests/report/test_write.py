import json

from graphattn.report import to_json, write_report


def test_a_report_is_results_a_table_and_pictures(outcome, tmp_path):
    files = write_report(outcome, tmp_path)
    charts = ("attention", "cost", "curves", "errors", "examined", "metric")
    assert {file.relative_to(tmp_path).as_posix() for file in files} == {
        "results.json",
        "results.md",
        "report/index.html",
        *(
            f"report/figures/karate-{name}.{kind}"
            for name in charts
            for kind in ("png", "svg", "pdf")
        ),
        *(
            f"report/tables/karate-{name}.{kind}"
            for name in ("results", "attention")
            for kind in ("md", "csv", "tex")
        ),
    }
    assert sorted(f for f in tmp_path.rglob("*") if f.is_file()) == sorted(files)
    found = json.loads((tmp_path / "results.json").read_text("utf-8"))
    assert found["complete"]
    assert len(found["runs"]) == 4
    assert found["comparisons"][0]["rows"][1]["structure"] == "full"
    assert all(file.stat().st_size > 100 for file in files)


def test_json_has_no_nan(outcome):
    text = json.dumps(to_json(outcome), allow_nan=False)
    assert json.loads(text)["study"]["seeds"] == 2

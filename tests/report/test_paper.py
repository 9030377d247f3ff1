import csv

from graphattn.report.material import gather
from graphattn.report.paper import as_csv, as_latex, latex, tables

TABLE = [["attention", "RMSE"], ["2-hop", "0.5 ± 0.1"], ["a, b", "50% & more"]]


def test_csv_is_read_back():
    assert list(csv.reader(as_csv(TABLE).splitlines())) == TABLE


def test_latex_has_no_character_that_means_something_else():
    assert latex("a_b & 50% ± \N{MINUS SIGN}1 < {x}") == (
        r"a\_b \& 50\% $\pm$ $-$1 $<$ \{x\}"
    )
    text = as_latex(TABLE, "what 100% of it is", "tab:made_up")
    assert r"\begin{tabular}{lr}" in text
    assert r"a, b & 50\% \& more \\" in text
    assert r"\label{tab:made-up}" in text
    assert text.count(r"\\") == len(TABLE)
    assert text.count("{") - text.count(r"\{") == text.count("}") - text.count(r"\}")


def test_both_tables_come_in_three_formats(outcome):
    found = dict(tables(gather(outcome)[0]))
    assert set(found) == {
        f"karate-{name}.{kind}"
        for name in ("results", "attention")
        for kind in ("md", "csv", "tex")
    }
    rows = list(csv.reader(found["karate-results.csv"].splitlines()))
    assert [row[0] for row in rows] == ["attention", "edges", "full"]
    assert all(len(row) == len(rows[0]) for row in rows)
    at = rows[0].index("CPU s per run")
    assert all(float(row[at]) > 0 for row in rows[1:])
    assert "CPU s per run" in found["karate-results.tex"]
    assert found["karate-attention.md"].startswith("| attention | nodes attended to |")

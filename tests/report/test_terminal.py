from pathlib import Path

from graphattn.report.terminal import written


def test_a_folder_of_many_files_is_named_once():
    figures = [Path(f"out/report/figures/{k}.png") for k in range(18)]
    files = [Path("out/results.json"), Path("out/report/index.html"), *figures]
    assert written(files) == [
        "out/results.json",
        "out/report/index.html",
        "out/report/figures (18 files)",
    ]

"""The page of a study on molecules, a network, images and sequences."""

from pathlib import Path

import pytest

from graphattn.compare import Study, load_task, prepare, run_study
from graphattn.datasets import load
from graphattn.report.material import gather
from graphattn.report.page import render

MANY = ("sodium_channel", "digits", "sodium_channel_smiles")


class Silent:
    def epoch(self, run) -> None: ...

    def run(self, result) -> None: ...


@pytest.fixture(scope="session")
def page(tmp_path_factory) -> Path:
    study = Study(
        attention="edges,2-hop,full", seeds=1, epochs=1, layers=2, channels=8, heads=2
    )
    tasks = [load_task("karate", {}), *(prepare(load(name)[:40]) for name in MANY)]
    outcome = run_study(study, tasks, Silent())
    file = tmp_path_factory.mktemp("page") / "index.html"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("graphattn.report.material._SCENES", 2)
        file.write_text(render(outcome, gather(outcome)), "utf-8")
    return file

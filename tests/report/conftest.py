"""A finished study on made-up numbers, and one that was really run."""

import pytest

from graphattn.compare import Study, load_task, run_study
from graphattn.compare.engine import Outcome
from graphattn.compare.statistics import Difference
from graphattn.compare.summary import Comparison, Cost, Row

NOTHING = {"smiles": None, "target": None, "labels": None}


class Silent:
    def epoch(self, run) -> None: ...

    def run(self, result) -> None: ...


@pytest.fixture(scope="session")
def outcome() -> Outcome:
    """Karate and a table of a few molecules, two seeds of two epochs."""
    study = Study(
        attention="edges,full", seeds=2, epochs=2, layers=1, channels=8, heads=2
    )
    return run_study(study, [load_task("karate", NOTHING)], Silent())


def row(name: str, mean: float, difference: Difference | None, verdict: str) -> Row:
    return Row(
        structure=name,
        scores=(mean - 0.1, mean, mean + 0.1),
        mean=mean,
        std=0.1,
        difference=difference,
        verdict=verdict,
        epoch_seconds=0.25,
        cost=Cost(7000, 700.0, 12_300_000, "portable"),
        cpu_seconds=3.25,
    )


@pytest.fixture
def comparison() -> Comparison:
    """Three structures: the reference, one like it, one worse."""
    alike = Difference(0.012, -0.031, 0.055, 0.4, 0.4)
    worse = Difference(0.25, 0.11, 0.39, 0.0002, 0.0004)
    return Comparison(
        data="made_up",
        about="10 molecules of 7.0 nodes on average",
        target="pIC50",
        metric="RMSE",
        lower_is_better=True,
        split="scaffold",
        seeds=(0, 1, 2),
        reference="edges",
        epochs=5,
        parameters=1234,
        confidence=0.95,
        rows=(
            row("edges", 0.5, None, "reference"),
            row("2-hop", 0.512, alike, "no significant difference"),
            row("full", 0.75, worse, "worse"),
        ),
    )

"""Does a study that is killed again and again end with the numbers of one that is not?

Run it: python benchmarks/interrupted.py --moments 20

A small study on the karate club, in a process that is killed with SIGKILL at a random
moment, `moments` times, and then left to end. Prints one line per kill and fails where
a score, a curve or a weight differs from those of an undisturbed study.
"""

import argparse
import os
import random
import signal
import tempfile
import time
import warnings
from pathlib import Path

import torch

from graphattn.compare import Outcome, Study, load_task, run_study

STUDY = Study(seeds=3, epochs=6, layers=2, channels=12, heads=3)


class Quiet:
    """Says only what is out of order."""

    def epoch(self, run) -> None:
        """Says nothing."""

    def run(self, result) -> None:
        """Says nothing."""

    def found(self, result) -> None:
        """Says nothing."""

    def note(self, text) -> None:
        """Says it."""
        print(text, flush=True)


def study(folder: Path) -> Outcome:
    return run_study(STUDY, [load_task("karate", {})], Quiet(), folder=folder)


def begun(folder: Path) -> int:
    """Starts the study in a process of its own and returns its number."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # torch has idle threads
        child = os.fork()
    if child == 0:
        try:
            study(folder)
        finally:
            os._exit(0)
    return child


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--moments", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    terms = parser.parse_args()
    torch.set_num_threads(1)
    draw = random.Random(terms.seed)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        start = time.perf_counter()
        want = study(root / "undisturbed")
        whole = time.perf_counter() - start
        for number in range(terms.moments):
            moment = draw.uniform(0, 0.4 * whole)
            child = begun(root / "killed")
            time.sleep(moment)
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            done = len(list((root / "killed").rglob("*seed-?.json")))
            print(f"killed {number + 1}: after {moment:.2f} s, {done} runs kept")
        got = study(root / "killed")
    check(want, got)
    print(f"{len(got.runs)} runs: the same scores, curves and weights")


def check(want: Outcome, got: Outcome) -> None:
    assert len(want.runs) == len(got.runs)
    for one, other in zip(want.runs, got.runs, strict=True):
        assert (one.structure, one.seed) == (other.structure, other.seed)
        assert (one.score, one.losses) == (other.score, other.losses)
    for run, model in want.models.items():
        again = got.models[run].state_dict()
        assert all(v.equal(again[k]) for k, v in model.state_dict().items())
    rows = [outcome.comparisons[0].rows for outcome in (want, got)]
    for one, other in zip(*rows, strict=True):
        assert (one.scores, one.difference) == (other.scores, other.difference)


if __name__ == "__main__":
    main()

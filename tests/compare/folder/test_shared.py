import errno
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from graphattn.compare import Study, load_task, run_study
from graphattn.compare.folder import records
from graphattn.compare.folder.places import Places
from graphattn.compare.folder.shared import Shared
from graphattn.compare.work import Run

TINY = Study(attention="edges,full", seeds=2, epochs=2, layers=1, channels=12, heads=3)


class Looking:
    def __init__(self) -> None:
        self.ran, self.read, self.notes = [], [], []

    def epoch(self, run) -> None: ...

    def run(self, result) -> None:
        self.ran.append((result.structure, result.seed))

    def found(self, result) -> None:
        self.read.append((result.structure, result.seed))

    def note(self, text) -> None:
        self.notes.append(text)


def numbers(outcome):
    return [(r.structure, r.seed, r.score, r.losses) for r in outcome.runs]


@pytest.fixture
def finished(karate_task, tmp_path):
    return run_study(TINY, [karate_task], Looking(), folder=tmp_path)


def test_a_finished_study_is_read_and_not_run_again(finished, karate_task, tmp_path):
    watch = Looking()
    again = run_study(TINY, [karate_task], watch, folder=tmp_path)
    assert watch.ran == []
    assert len(watch.read) == 4
    assert again.runs == finished.runs
    for run, model in finished.models.items():
        state = again.models[run].state_dict()
        assert all(v.equal(state[k]) for k, v in model.state_dict().items())
    assert len(list(tmp_path.rglob("split-0-seed-0.csv"))) == 2


def test_a_study_is_extended_by_seeds_and_structures(finished, karate_task, tmp_path):
    watch = Looking()
    wider = Study(
        attention="edges,2-hop,full", seeds=3, epochs=2, layers=1, channels=12, heads=3
    )
    run_study(wider, [karate_task], watch, folder=tmp_path)
    assert len(watch.read) == 4
    assert len(watch.ran) == 9 - 4


def test_other_terms_are_other_runs(finished, karate_task, tmp_path):
    watch = Looking()
    longer = Study(attention="edges", seeds=1, epochs=3, layers=1, channels=12, heads=3)
    run_study(longer, [karate_task], watch, folder=tmp_path)
    assert watch.ran == [("edges", 0)]


def test_all_seeds_of_a_given_split_lie_under_that_split(karate_task, tmp_path):
    places = Places.of(tmp_path, replace(TINY, split="given"), [karate_task])
    file = places.run(Run("karate", "edges", 1), ".json")
    assert file.name == "split-0-seed-1.json"


@pytest.mark.parametrize("suffix", [".json", ".safetensors"])
def test_a_corrupted_run_is_named_kept_and_done_again(
    finished, karate_task, tmp_path, suffix
):
    (file,) = tmp_path.rglob(f"edges/split-1-seed-1{suffix}")
    file.write_bytes(file.read_bytes()[:-9] + b"123456789")
    watch = Looking()
    again = run_study(TINY, [karate_task], watch, folder=tmp_path)
    assert watch.ran == [("edges", 1)]
    assert str(file) in watch.notes[0]
    assert numbers(again) == numbers(finished)
    assert len(list(tmp_path.rglob("*.corrupted"))) == 1


def test_a_stop_in_the_middle_ends_with_the_same_numbers(
    finished, karate_task, tmp_path
):
    class Stop(Looking):
        def run(self, result) -> None:
            if len(self.ran) == 1:
                raise KeyboardInterrupt
            super().run(result)

    folder = tmp_path / "stopped"
    assert run_study(TINY, [karate_task], Stop(), folder=folder).interrupted
    watch = Looking()
    again = run_study(TINY, [karate_task], watch, folder=folder)
    assert len(watch.read) == 2
    assert numbers(again) == numbers(finished)


def test_a_full_disk_is_told_and_what_is_finished_stays(
    finished, karate_task, tmp_path, monkeypatch
):
    folder, written = tmp_path / "full", []

    def full(file, content):
        if "result" in content and len(written) == 2:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(file))
        written.append(file)
        records.write_record(file, content)

    monkeypatch.setattr("graphattn.compare.folder.shared.write_record", full)
    with pytest.raises(ValueError, match="No space left") as caught:
        run_study(TINY, [karate_task], Looking(), folder=folder)
    assert "run the same command again" in str(caught.value)
    monkeypatch.undo()
    watch = Looking()
    again = run_study(TINY, [karate_task], watch, folder=folder)
    assert watch.read == [("edges", 0)]
    assert numbers(again) == numbers(finished)


@pytest.mark.skipif(sys.platform != "linux", reason="needs a limit on file sizes")
def test_what_the_system_refuses_to_write_is_told(karate_task, tmp_path):
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (5_000, before[1]))
    try:
        with pytest.raises(ValueError, match="run the same command again") as caught:
            run_study(TINY, [karate_task], Looking(), folder=tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "File too large" in str(caught.value)
    assert not list(tmp_path.rglob("*.safetensors"))
    watch = Looking()
    run_study(TINY, [karate_task], watch, folder=tmp_path)
    assert len(watch.ran) == 4


def test_two_at_one_folder_never_do_a_run_twice(karate_task, tmp_path):
    places = Places.of(tmp_path, TINY, [karate_task])
    runs = [Run("karate", name, s) for s in range(2) for name in ("edges", "full")]
    tasks = {"karate": karate_task}
    one, other = (Shared(places, TINY, tasks, runs, print) for _ in range(2))
    first, second = one.take(), other.take()
    assert (first, second) == (runs[0], runs[1])
    assert [one.take(), other.take()] == runs[2:]
    assert one.take() is None
    assert one.is_open  # what the other is at may be left undone
    other.close()
    assert one.take() == runs[1]


TOGETHER = """
import sys, time
from pathlib import Path
import graphattn.cli, graphattn.compare, graphattn.report
from graphattn.__main__ import main

Path(sys.argv.pop(1)).touch()
end = time.monotonic() + 60
while len(list(Path(sys.argv[-1]).glob("*.ready"))) < 2 and time.monotonic() < end:
    time.sleep(0.01)
main()
"""


def test_two_processes_share_the_runs_and_end_with_the_numbers_of_one(tmp_path):
    terms = {"seeds": 3, "epochs": 40, "heads": 3, "layers": 1}
    options = [f"--{name}={value}" for name, value in terms.items()]
    options += ["--hidden=12", "--baselines=none", "--data=karate", "--jobs=1"]
    start = [sys.executable, "-W", "ignore", "-c", TOGETHER]
    asked = ["compare", *options, "--json", "--out", tmp_path]
    both = [
        subprocess.Popen(
            [*start, tmp_path / f"{k}.ready", *asked],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )
        for k in range(2)
    ]
    said = [process.communicate(timeout=300) for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    done = [re.findall(r"karate  (\S+) +seed (\d)  test", err) for _, err in said]
    assert all(done)
    assert len({*done[0], *done[1]}) == len(done[0]) + len(done[1]) == 3 * 3
    one = run_study(Study(**terms, channels=12), [load_task("karate", {})], Looking())
    want = [(row.structure, list(row.scores)) for row in one.comparisons[0].rows]
    losses = {(run.structure, run.seed): list(run.losses) for run in one.runs}
    for out, _ in said:
        found = json.loads(out)
        rows = found["comparisons"][0]["rows"]
        assert [(row["structure"], row["scores"]) for row in rows] == want
        runs = {(run["structure"], run["seed"]): run for run in found["runs"]}
        assert {key: run["losses"] for key, run in runs.items()} == losses


def test_killed_at_several_moments_it_ends_with_the_same_numbers():
    script = Path(__file__).parents[3] / "benchmarks" / "interrupted.py"
    got = subprocess.run(
        [sys.executable, "-W", "ignore", str(script), "--moments", "4"],
        capture_output=True,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        check=False,
    )
    assert got.returncode == 0, got.stderr
    assert "the same scores, curves and weights" in got.stdout

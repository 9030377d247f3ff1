import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from graphattn.datasets import DataError
from graphattn.datasets.molecules import parallel
from graphattn.datasets.molecules.parallel import work_on_all
from graphattn.datasets.molecules.work import Recipe, work

SMILES = [f"{'C' * (1 + k % 7)}O" for k in range(53)]
SMILES[17], SMILES[41] = "C1CC", "nonsense"


def test_two_processes_give_what_one_gives_in_order():
    one = work(SMILES, Recipe())
    two = work_on_all(SMILES, Recipe(), name="test", processes=2)
    for got, want in zip(two.columns, one.columns, strict=True):
        assert np.array_equal(got, want)
    assert two.faults == one.faults
    assert [index for index, _ in two.faults] == [17, 41]
    assert two.smiles == SMILES
    assert np.flatnonzero(~two.present).tolist() == [17, 41]


def test_a_process_that_dies_is_an_error_that_names_the_molecules(monkeypatch):
    monkeypatch.setattr(parallel, "_SERVE", "import os; os._exit(7)")
    with pytest.raises(DataError, match=r"ended before its work was done(.|\n)*= 7"):
        work_on_all(SMILES, Recipe(), name="test", processes=2)


def test_no_process_is_asked_for():
    with pytest.raises(DataError, match="processes must be at least 1"):
        work_on_all(SMILES, Recipe(), name="test", processes=0)


# Where the tests run in the background, SIGINT is ignored, and children inherit that.
SCRIPT = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from graphattn.datasets import from_molecules
print("started", flush=True)
from_molecules(["C" * 200 + "O"] * 200_000, processes=2)
"""


def test_ctrl_c_ends_a_script_without_main_guard_and_its_processes(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", str(script)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    try:
        assert process.stdout.readline() == "started\n"
        deadline = time.monotonic() + 60
        while len(children := _children(process.pid)) < 2:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode in (1, -signal.SIGINT)
    assert errors.rstrip().endswith("KeyboardInterrupt")
    assert errors.count("Traceback") == 1
    while any(map(_alive, children)):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def _children(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return file.read().split()

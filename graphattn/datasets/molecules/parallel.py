"""Many molecules in several processes, with a progress bar.

A process of its own is started for each worker, and speaks over its pipes: nothing is
forked from a program that runs threads, and the caller's script is not imported again,
as `multiprocessing` would have it, so no ``if __name__ == "__main__"`` is needed.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import Any

import numpy as np
from tqdm import tqdm

from graphattn.datasets.errors import DataError, check
from graphattn.datasets.molecules.columns import Columns
from graphattn.datasets.molecules.work import Made, Recipe, work

_CHUNK = 512
_WORTH_A_PROCESS = 800_000  # characters, some five seconds: to start one takes three
_WORTH_IN_SPACE = 20_000  # ETKDG takes a hundred times as long
_LENGTH = 40  # of the SMILES of an average molecule
_SERVE = "from graphattn.datasets.molecules.parallel import serve; serve()"


def work_on_all(
    texts: Sequence[Any],
    recipe: Recipe,
    *,
    name: str,
    processes: int | None = None,
) -> Made:
    """Returns what `work` does, of all texts, in order.

    On a terminal a bar shows the progress of work that takes longer than a second.

    Args:
        texts: One molecule each.
        recipe: What to do.
        name: Of the dataset, for the bar.
        processes: How many; by default one, or for many molecules one per processor.

    Raises:
        DataError: A process ended before its work was done.
        KeyboardInterrupt: The user pressed Ctrl-C; the processes have ended.
    """
    check(
        processes is None or processes >= 1,
        "datasets.load",
        "processes must be at least 1",
        {"processes": processes},
    )
    if processes is None:
        worth = _WORTH_A_PROCESS if recipe.coordinates is None else _WORTH_IN_SPACE
        size = sum(len(t) if isinstance(t, str) else _LENGTH for t in texts)
        processes = 1 if size < worth else _usable_processors()
    chunk = min(_CHUNK, max(1, len(texts) // (4 * processes)))
    starts = range(0, len(texts), chunk)
    pieces = [texts[start : start + chunk] for start in starts]
    made = (work(piece, recipe) for piece in pieces)
    if processes > 1 and len(pieces) > 1:
        made = _side_by_side(pieces, recipe, min(processes, len(pieces)))
    found = []
    with tqdm(
        total=len(texts), desc=name, unit="molecule", disable=None, delay=1
    ) as bar:
        for one in made:
            found.append(one)
            bar.update(len(one.present))
    return _join(found, list(starts))


def _join(found: Sequence[Made], starts: Sequence[int]) -> Made:
    return Made(
        Columns.join([one.columns for one in found]),
        np.concatenate([np.zeros(0, bool), *(one.present for one in found)]),
        [smiles for one in found for smiles in one.smiles],
        [
            (start + index, reason)
            for start, one in zip(starts, found, strict=True)
            for index, reason in one.faults
        ],
    )


def _side_by_side(
    pieces: Sequence[Sequence[Any]], recipe: Recipe, processes: int
) -> Iterator[Made]:
    workers = [_Worker() for _ in range(processes)]
    idle: SimpleQueue[_Worker] = SimpleQueue()
    for worker in workers:
        idle.put(worker)

    def on_one(piece: Sequence[Any]) -> Made:
        worker = idle.get()
        try:
            return worker.work(piece, recipe)
        finally:
            idle.put(worker)

    threads = ThreadPoolExecutor(processes)
    try:
        yield from threads.map(on_one, pieces)
    finally:
        threads.shutdown(wait=False, cancel_futures=True)
        for worker in workers:
            worker.end()
        threads.shutdown()


class _Worker:
    def __init__(self) -> None:
        path = os.pathsep.join(entry or os.getcwd() for entry in sys.path)
        self.process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", _SERVE],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": path, "OMP_NUM_THREADS": "1"},
            start_new_session=True,  # Ctrl-C is the parent's to handle
        )

    def work(self, piece: Sequence[Any], recipe: Recipe) -> Made:
        pipe_in, pipe_out = self.process.stdin, self.process.stdout
        assert pipe_in is not None
        assert pipe_out is not None
        try:
            pickle.dump((list(piece), recipe), pipe_in, protocol=5)
            pipe_in.flush()
            answer = pickle.load(pipe_out)
        except (EOFError, OSError, pickle.UnpicklingError):
            raise DataError(
                "datasets.load: a process ended before its work was done, killed or "
                "crashed; look for the molecule among these, or pass processes=1. "
                f"Got:\n  exit code = {self.process.wait()}\n"
                f"  first = {piece[0]!r}\n  last = {piece[-1]!r}"
            ) from None
        if isinstance(answer, Exception):
            raise answer
        return answer

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()


def serve() -> None:
    """Works on what comes through standard input until it is closed; a worker's main.

    Only the process that started it can write there.
    """
    pipe_in, pipe_out = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever prints must not print into the answers
    while True:
        try:
            piece, recipe = pickle.load(pipe_in)
        except EOFError:
            return
        try:
            answer: Made | Exception = work(piece, recipe)
        except Exception as error:  # the parent raises it
            answer = error
        pickle.dump(answer, pipe_out, protocol=5)
        pipe_out.flush()


def _usable_processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1

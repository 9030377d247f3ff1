"""The runs of a study, several side by side in processes of their own.

A step over a thousand nodes is too small to be shared by threads, but runs know nothing
of each other: two processes of one thread each finish twice as many.
"""

import io
import os
import pickle
import signal
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor, wait
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait as wait_for
from pathlib import Path
from typing import Any

import torch

from graphattn.compare.run import build_model
from graphattn.compare.structures import structure
from graphattn.compare.study import Study
from graphattn.compare.work import (
    POLL_SECONDS,
    Done,
    LogOf,
    OnEpoch,
    Prepared,
    Queue,
    Run,
    do,
    no_log,
)


def usable_processors() -> int:
    """Returns how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def side_by_side(
    study: Study,
    prepared: Mapping[str, Prepared],
    queue: Queue,
    on_epoch: OnEpoch,
    log_of: LogOf = no_log,
    *,
    jobs: int,
) -> Iterator[Done]:
    """Yields the result and the model of every run, as they finish.

    The numbers are those of `one_by_one`: nothing is shared but the data. The caller's
    main module must be importable, as for any new process in Python.

    Args:
        study: The terms.
        prepared: By name of the data.
        queue: What to run.
        on_epoch: Called after every epoch of a run.
        log_of: Where the metrics of a run go, epoch by epoch.
        jobs: How many processes.
    """
    context = get_context("spawn")
    epochs, stop = context.Queue(), context.Event()
    # As bytes: torch would put every tensor into shared memory, of which containers
    # often have little.
    everything = pickle.dumps((study, dict(prepared)))
    pool = ProcessPoolExecutor(
        jobs, context, initializer=_begin, initargs=(everything, epochs, stop)
    )
    try:
        waiting: set[Future[Any]] = set()
        while waiting or queue.is_open:
            while len(waiting) < jobs and (one := queue.take()) is not None:
                waiting.add(pool.submit(_work, one, log_of(one)))
            if not waiting:
                time.sleep(POLL_SECONDS)
                continue
            done, waiting = wait(waiting, POLL_SECONDS, "FIRST_COMPLETED")
            while not epochs.empty():
                on_epoch(epochs.get())
            for future in done:
                result, state = future.result()
                task = prepared[result.data].task
                if state is None:
                    yield result, None
                    continue
                kind = structure(result.structure).kind
                model = build_model(task, study, result.seed, kind)
                model.load_state_dict(torch.load(io.BytesIO(state), weights_only=True))
                yield result, model.eval()
    finally:
        stop.set()
        pool.shutdown(cancel_futures=True)


_worker: dict[str, Any] = {}


def _begin(everything: bytes, epochs: Any, stop: Any) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    threading.Thread(target=_end_with_parent, daemon=True).start()
    torch.set_num_threads(1)
    study, prepared = pickle.loads(everything)
    _worker.update(study=study, prepared=prepared, epochs=epochs, stop=stop)


def _end_with_parent() -> None:
    parent = parent_process()
    assert parent is not None
    wait_for([parent.sentinel])
    os._exit(1)  # it was killed: nobody is left to take a result


def _work(one: Run, log: Path | None) -> tuple[Any, bytes | None]:
    prepared = _worker["prepared"][one.data]
    result, model = do(_worker["study"], prepared, one, _tell, log)
    if model is None:
        return result, None
    state = io.BytesIO()
    torch.save(model.state_dict(), state)
    return result, state.getvalue()


def _tell(one: Run) -> None:
    if _worker["stop"].is_set():
        raise InterruptedError(f"{one} was stopped")
    _worker["epochs"].put(one)

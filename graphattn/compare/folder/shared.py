"""The runs of a folder, shared by all processes that work on it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from graphattn._errors import require
from graphattn.compare.folder.places import TERMS, Places, terms
from graphattn.compare.folder.records import CorruptedError, read_record, write_record
from graphattn.compare.folder.weights import load_weights, save_weights
from graphattn.compare.run import RunResult, model_of
from graphattn.compare.specification import Specification
from graphattn.compare.splitting import split
from graphattn.compare.structures import structure
from graphattn.compare.study import Study
from graphattn.compare.task import Task
from graphattn.compare.work import Done, Run
from graphattn.training import Regression


class Shared:
    """Hands out runs that nobody has done or is doing, and keeps what comes back.

    A run is locked while a process is at it. A lock ends with its process, however that
    ends, so what was begun and not finished is handed out again.

    Attributes:
        finished: Runs that were found done, with their models; whoever reads them
            empties the list.
    """

    def __init__(
        self,
        places: Places,
        study: Study,
        tasks: Mapping[str, Task],
        runs: Sequence[Run],
        tell: Callable[[str], None],
    ) -> None:
        """Writes down the terms.

        Args:
            places: Where everything lies.
            study: The terms.
            tasks: The data sets, by name.
            runs: What to run.
            tell: Is told, in words, of files that are not what was written.
        """
        self.places = places
        self.study = study
        self.tasks = tasks
        self.tell = tell
        self.finished: list[Done] = []
        self._waiting = list(runs)
        self._locks: dict[Run, FileLock] = {}
        for name, task in tasks.items():
            places.folders[name].mkdir(parents=True, exist_ok=True)
            model = asdict(Specification.of(task, study))
            content = {"terms": terms(study, task), "model": model}
            content["describes"] = {
                name: getattr(task, name)
                for name in ("kind", "target", "class_names", "is_labels")
            }
            write_record(places.folders[name] / TERMS, content)

    @property
    def is_open(self) -> bool:
        """Whether runs are left that are neither done nor ours."""
        return bool(self._waiting)

    def take(self) -> Run | None:
        """Returns a run to do, locked; None while others are at all that is left."""
        for run in list(self._waiting):
            lock = FileLock(self._made(self.places.run(run, ".lock")))
            try:
                lock.acquire(blocking=False)
            except Timeout:
                continue
            self._waiting.remove(run)
            if (done := self.find(run)) is None:
                self._locks[run] = lock
                return run
            lock.release()
            self.finished.append(done)
        return None

    def find(self, run: Run) -> Done | None:
        """Returns what a run gave, where it is finished.

        A file that is not what was written is told and set aside; the run is due again.

        Args:
            run: The run.
        """
        file = self.places.run(run, ".json")
        if not file.exists():
            return None
        try:
            return self._read(run, file)
        except CorruptedError as error:
            aside = file.with_suffix(".json.corrupted")
            file.replace(aside)
            self.tell(f"{error}; kept as {aside.name}, and the run is done again")
            return None

    def save(self, result: RunResult, model: Any) -> None:
        """Writes down what a run gave, the weights first, and unlocks it.

        Args:
            result: The numbers.
            model: The trained model; None where there is none.
        """
        run = Run(result.data, result.structure, result.seed)
        weights = None
        if model is not None:
            weights = save_weights(self.places.run(run, ".safetensors"), model)
        task = self.tasks[result.data]
        objective = task.objective(split(task, self.study.split, result.split).train)
        scale = None
        if isinstance(objective, Regression):
            scale = {"mean": objective.mean.tolist(), "std": objective.std.tolist()}
        content = {"result": asdict(result), "weights": weights, "scale": scale}
        write_record(self.places.run(run, ".json"), content)
        self._locks.pop(run).release()

    def close(self) -> None:
        """Unlocks what was begun."""
        while self._locks:
            self._locks.popitem()[1].release()

    @contextmanager
    def errors(self) -> Iterator[None]:
        """Says of a disk that is full, or the like, what to do."""
        try:
            yield
        except OSError as error:
            require(
                False,
                "compare",
                "the study could not be written; the runs that are finished are kept: "
                "mend the reason and run the same command again",
                {
                    "folder": str(self.places.root),
                    "reason": error.strerror or str(error),
                },
            )

    def _read(self, run: Run, file: Path) -> Done:
        content = read_record(file)
        result = result_of(content["result"])
        if content["weights"] is None:
            return result, None
        specification = Specification.of(self.tasks[run.data], self.study)
        model = model_of(specification, run.seed, structure(run.structure).kind)
        load_weights(
            self.places.run(run, ".safetensors"), model, sha256=content["weights"]
        )
        return result, model.eval()

    def _made(self, file: Path) -> Path:
        file.parent.mkdir(parents=True, exist_ok=True)
        return file


def result_of(content: Mapping[str, Any]) -> RunResult:
    """Returns the result that was written.

    Args:
        content: As `asdict` made it, and JSON gave it back.

    Raises:
        CorruptedError: Fields are missing or unknown.
    """
    names = {field.name for field in fields(RunResult)}
    if set(content) != names:
        raise CorruptedError(f"a run has other fields than {sorted(names)}")
    given: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in content.items()
    }
    return RunResult(**given)

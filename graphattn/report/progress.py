"""Progress, live on a terminal and line by line in a pipe."""

from types import TracebackType

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from graphattn.compare.run import RunResult
from graphattn.compare.study import Study
from graphattn.compare.task import Task
from graphattn.compare.work import Run


class ProgressView:
    """Shows where a study is: a bar on a terminal, one line per run elsewhere.

    Use it as a context manager; it is the `Watch` that `run_study` tells.
    """

    def __init__(self, console: Console, study: Study, tasks: list[Task]) -> None:
        """Counts the epochs to come.

        Args:
            console: Where to show.
            study: The terms.
            tasks: The data sets.
        """
        budgets = [study.budget(task.level) for task in tasks]
        self.console = console
        counts = [len(study.runs(task.level)) for task in tasks]
        counts = [
            count * len(study.structures_for(task))
            for count, task in zip(counts, tasks, strict=True)
        ]
        self.runs = sum(counts)
        self.done = 0
        self.metrics = {task.name: task.judged_by(study.metric) for task in tasks}
        self.progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=None),
            MofNCompleteColumn(),
            TextColumn("epochs"),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        pairs = zip(budgets, counts, strict=True)
        epochs = sum(budget.epochs * count for budget, count in pairs)
        self.bar = self.progress.add_task("", total=epochs)

    def __enter__(self) -> "ProgressView":
        """Begins to show."""
        self.progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Removes the bar."""
        self.progress.stop()

    def epoch(self, run: Run) -> None:
        """Moves the bar."""
        text = f"{run.data}  {run.structure}  seed {run.seed}"
        self.progress.update(self.bar, advance=1, description=text)

    def found(self, result: RunResult) -> None:
        """Counts a run that had been done before, or by another process."""
        self.done += 1
        self.progress.update(self.bar, advance=len(result.losses))

    def note(self, text: str) -> None:
        """Says something."""
        self.console.print(text, markup=False, highlight=False)

    def run(self, result: RunResult) -> None:
        """Notes that a run has ended."""
        self.done += 1
        width = len(str(self.runs))
        metric = self.metrics[result.data]
        self.console.print(
            f"[{self.done:>{width}}/{self.runs}] {result.data}  {result.structure:<9} "
            f"seed {result.seed}  test {metric} {result.score:.3f}  "
            f"{sum(result.epoch_seconds):.1f} s",
            markup=False,
            highlight=False,
        )

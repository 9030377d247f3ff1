import io

from rich.console import Console

from graphattn.compare import Study, load_task
from graphattn.compare.run import RunResult
from graphattn.compare.work import Run
from graphattn.report import ProgressView

RESULT = RunResult("karate", "edges", 0, 0.95, (0.9,), (0.1,), (1.5,))


def show(terminal: bool) -> str:
    console = Console(file=io.StringIO(), width=90, force_terminal=terminal)
    task = load_task("karate", {})
    with ProgressView(console, Study(seeds=2), [task]) as view:
        view.epoch(Run("karate", "edges", 0))
        view.run(RESULT)
    return console.file.getvalue()


def test_a_pipe_gets_one_line_per_run_and_nothing_else():
    assert show(terminal=False) == (
        "[1/6] karate  edges     seed 0  test accuracy 0.950  1.5 s\n"
    )


def test_a_terminal_gets_a_bar_as_well():
    assert "epochs" in show(terminal=True)

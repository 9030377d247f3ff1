"""The command `graphattn`, also as ``python -m graphattn``."""

import os
import sys
from collections.abc import Callable

_APP = ("typer", "rich", "lightning", "scipy", "matplotlib", "rdkit", "networkx")


def main() -> None:
    """Runs the command line, or says which extra it needs."""
    try:
        from graphattn.cli import app
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] not in _APP:
            raise
        print(
            f"graphattn: the command line needs {error.name}, which is not installed; "
            'run: pip install "graphattn[app]"',
            file=sys.stderr,
        )
        sys.exit(2)
    _run(app)


def _run(app: Callable[[], None]) -> None:
    """Ends quietly, with code 1, where whoever reads the output has gone, as `head`.

    Source:
        https://docs.python.org/3/library/signal.html#note-on-sigpipe
    """
    try:
        try:
            app()
        finally:
            print(end="", flush=True)  # here, where the error can still be caught
    except BrokenPipeError:
        # What is left in the buffer is flushed once more as Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


if __name__ == "__main__":
    main()

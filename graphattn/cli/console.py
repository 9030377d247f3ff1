"""What all commands share: options, errors, the console."""

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer
from rich.console import Console

_MIN_WIDTH = 116  # of the table
_OPTIONS = "smiles|target|labels|label|source|destination|feature_file|text|on_error"
_ARGUMENT = re.compile(rf'\b({_OPTIONS}|root|cards)=(?:"(\w+)"|(?= |,|;|\.|$))', re.M)

Debug = Annotated[bool, typer.Option(help="Show the traceback of an error.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON on stdout.")]


@contextmanager
def plain_errors(debug: bool) -> Iterator[None]:
    """Turns an error of the user's into one message and exit code 2.

    Args:
        debug: Whether to show the traceback instead.
    """
    try:
        yield
    except BrokenPipeError:
        raise  # nobody reads on: no error, and no one to tell
    except (ValueError, ImportError, OSError) as error:
        if debug:
            raise
        # The library names its arguments; here they are options.
        text = _ARGUMENT.sub(_as_option, str(error))
        print(f"graphattn: error: {text}", file=sys.stderr)
        raise typer.Exit(2) from None
    except KeyboardInterrupt:
        print("graphattn: stopped before anything was finished", file=sys.stderr)
        raise typer.Exit(130) from None


def _as_option(found: re.Match[str]) -> str:
    value = f" {found[2]}" if found[2] else ""
    return f"--{found[1].replace('_', '-')}{value}"


def console(*, stderr: bool = False) -> Console:
    """Returns a console that is wide enough for the tables, in a pipe too.

    Args:
        stderr: Whether it writes there.
    """
    width = max(Console(stderr=stderr).width, _MIN_WIDTH)
    return Console(stderr=stderr, highlight=False, width=width)

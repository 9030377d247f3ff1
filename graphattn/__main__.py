"""The command `graphattn`, also as ``python -m graphattn``."""

import sys

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
    app()


if __name__ == "__main__":
    main()

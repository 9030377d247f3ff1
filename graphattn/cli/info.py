"""`graphattn info`: what this installation can do."""

import json
from typing import Any

from rich.console import Console

from graphattn.cli.console import Debug, Json, console, plain_errors


def info(as_json: Json = False, debug: Debug = False) -> None:
    """Show versions, kernels, devices and data sets."""
    with plain_errors(debug):
        from graphattn.environment import environment

        found = environment()
        if as_json:
            print(json.dumps(found))
        else:
            _print_tree(found, console())


def _print_tree(found: dict[str, Any], console: Console, indent: str = "") -> None:
    for key, value in found.items():
        if isinstance(value, dict):
            console.print(f"{indent}{key}", markup=False)
            _print_tree(value, console, indent + "  ")
        else:
            text = ", ".join(value) if isinstance(value, list) else value
            console.print(f"{indent}{key:<16} {text}", markup=False)

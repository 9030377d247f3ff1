"""Packages that only some readers need, imported when they are needed."""

from importlib import import_module
from types import ModuleType


def need(module: str, extra: str) -> ModuleType:
    """Imports `module`, or says which extra brings it.

    Args:
        module: Dotted name of the module.
        extra: The extra of graphattn that brings it.

    Raises:
        ImportError: The package is not installed.
    """
    package = module.partition(".")[0]
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] != package:
            raise
        raise ImportError(
            f"graphattn.datasets: this dataset needs {package}, which is not "
            f'installed; run: pip install "graphattn[{extra}]"',
            name=package,
        ) from None

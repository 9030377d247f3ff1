"""Packages that only some readers need, imported when they are needed."""

from types import ModuleType

from graphattn._errors import import_extra


def need(module: str, extra: str) -> ModuleType:
    """Imports `module`, or says which extra brings it.

    Args:
        module: Dotted name of the module.
        extra: The extra of graphattn that brings it.

    Raises:
        ImportError: The package is not installed.
    """
    return import_extra(module, extra, "graphattn.datasets: this dataset")

"""The one error form: the caller, the broken rule, then each value on its own line.

And what is said where an optional package is missing.
"""

from collections.abc import Mapping
from importlib import import_module
from types import ModuleType

import torch
from torch import Tensor


def describe(value: object) -> str:
    """Returns a short text of `value`: dtype, shape and device for a tensor."""
    if isinstance(value, Tensor):
        dtype = str(value.dtype).removeprefix("torch.")
        shape = ",".join(str(size) for size in value.shape)
        return f"{dtype}[{shape}] on {value.device}"
    if isinstance(value, torch.dtype):
        return str(value).removeprefix("torch.")
    return repr(value)


def require(holds: bool, caller: str, rule: str, given: Mapping[str, object]) -> None:
    """Raises `ValueError` naming the caller, the broken rule and the values given.

    Args:
        holds: Whether the rule holds; nothing happens where it does.
        caller: The public name the user called.
        rule: What must be true, and what to do where it is not.
        given: The values that matter, by the name the user knows them under.

    Raises:
        ValueError: `holds` is false.
    """
    if not holds:
        lines = [f"  {name} = {describe(value)}" for name, value in given.items()]
        raise ValueError("\n".join([f"{caller}: {rule}. Got:", *lines]))


def import_extra(module: str, extra: str, who: str) -> ModuleType:
    """Imports a module of an optional package, or says which extra brings it.

    Args:
        module: Its dotted name.
        extra: The extra of graphattn that brings it.
        who: What needs it, the beginning of the sentence.

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
            f"{who} needs {package}, which is not installed; "
            f'run: pip install "graphattn[{extra}]"',
            name=package,
        ) from None

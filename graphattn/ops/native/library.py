"""Finds the compiled kernels and chooses their instruction set, once, at import.

The library is built by `setup.py` where there is a C++ compiler. It is loaded after
torch, so that both share one OpenMP runtime and its threads.
"""

import ctypes
import os
from pathlib import Path

import torch

from graphattn._errors import require

VARIABLE = "GRAPHATTN_ISA"
# Best first.
NAMES = ("avx512", "avx2", "baseline")
_BITS_PER_FLOAT32 = 32
_FILE = Path(__file__).with_name("_kernels.so")


def _open() -> tuple[ctypes.CDLL | None, str]:
    """Returns the library, or None and the reason why there is none."""
    if not _FILE.is_file():
        return None, "not built: the installation found no C++ compiler"
    try:
        return ctypes.CDLL(str(_FILE)), ""
    except OSError as error:
        return None, f"built, but could not be loaded: {error}"


_LIBRARY, REASON = _open()
AVAILABLE = _LIBRARY is not None
_chosen = ("", 0)


def library() -> ctypes.CDLL:
    """Returns the loaded library; there must be one."""
    assert _LIBRARY is not None
    return _LIBRARY


def choose_isa(name: str) -> bool:
    """Makes the kernels for an instruction set run; False where this machine can not.

    Args:
        name: One of `NAMES`.
    """
    global _chosen
    width = library().graphattn_choose_isa(name.encode())
    if width:
        _chosen = (name, width)
    return bool(width)


def isa() -> str:
    """Returns the name of the instruction set that runs; empty without kernels."""
    return _chosen[0]


def lanes() -> int:
    """Returns how many float32 a vector holds; 0 without kernels."""
    return _chosen[1] * 8 // _BITS_PER_FLOAT32


def _choose_at_import() -> None:
    forced = os.environ.get(VARIABLE) or None
    require(
        forced is None or forced in NAMES,
        VARIABLE,
        f"must be one of {', '.join(NAMES)}, or unset",
        {VARIABLE: forced},
    )
    if forced is None:
        next(filter(choose_isa, NAMES))
    else:
        require(
            choose_isa(forced),
            VARIABLE,
            "this machine or this build lacks the instruction set; unset the variable",
            {VARIABLE: forced, "torch's": torch.backends.cpu.get_cpu_capability()},
        )


if AVAILABLE:
    _choose_at_import()

"""Which implementation runs where: decided once, at import.

`GRAPHATTN_KERNEL=portable` forces the portable one. Nothing here or elsewhere
catches an exception in order to try another kernel.
"""

import os

import torch

from graphattn._errors import require
from graphattn.ops import native, triton

VARIABLE = "GRAPHATTN_KERNEL"
FORCED = os.environ.get(VARIABLE) or None
require(
    FORCED in (None, "portable"),
    VARIABLE,
    "the only kernel that can be forced is 'portable'; unset the variable otherwise",
    {VARIABLE: FORCED},
)
NATIVE = native.AVAILABLE and FORCED != "portable"
TRITON = triton.AVAILABLE and FORCED != "portable"


def kernel_for(device: str | torch.device) -> str:
    """Returns the name of the implementation that attends along edges on `device`.

    Args:
        device: A torch device or its name, such as ``"cpu"`` or ``"cuda:0"``.

    Returns:
        ``"native"`` (compiled, CPU), ``"triton"`` (CUDA) or ``"portable"`` (PyTorch).
    """
    kind = torch.device(device).type
    if NATIVE and kind == "cpu":
        return "native"
    return "triton" if TRITON and kind == "cuda" else "portable"

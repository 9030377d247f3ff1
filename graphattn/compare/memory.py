"""Peak memory of a training step."""

import ctypes
import re
import sys
from pathlib import Path
from statistics import median

import torch
from torch import nn

from graphattn.models import GraphBatch
from graphattn.training import Objective

_STEPS = 3


def peak_bytes(
    model: nn.Module, objective: Objective, batch: GraphBatch
) -> float | None:
    """Returns how much memory a forward and backward pass takes at its peak.

    On a CPU this is the rise of the process's resident memory during the pass, the
    median of three: activations, temporaries of every operation, gradients, whatever
    asked for them. What earlier passes freed is first handed back to the system, or
    else a structure would look frugal because the one before it was hungry. On a GPU
    it is the rise of what PyTorch's allocator gave out. The optimiser's two copies of
    the parameters, the same for every structure, are not in it.

    Args:
        model: Maps a batch to predictions; its gradients are cleared.
        objective: The loss.
        batch: The batch to measure.

    Returns:
        Bytes, or None where the system does not tell: without Linux's /proc and the
        GNU C library.
    """
    if batch.x.is_cuda:
        measure = _rise_on_gpu
    elif can_measure_cpu():
        measure = _rise_on_cpu
    else:
        return None
    _step(model, objective, batch)  # the first pass fills caches
    return median(measure(model, objective, batch) for _ in range(_STEPS))


def can_measure_cpu() -> bool:
    """Returns whether the peak of resident memory can be reset and read."""
    return sys.platform == "linux" and hasattr(ctypes.CDLL(None), "malloc_trim")


def _rise_on_cpu(model: nn.Module, objective: Objective, batch: GraphBatch) -> int:
    ctypes.CDLL(None).malloc_trim(0)
    Path("/proc/self/clear_refs").write_text("5")  # sets the peak to the present
    before = _kibibytes("VmRSS")
    _step(model, objective, batch)
    return 1024 * (_kibibytes("VmHWM") - before)


def _rise_on_gpu(model: nn.Module, objective: Objective, batch: GraphBatch) -> int:
    torch.cuda.reset_peak_memory_stats()
    before = torch.cuda.memory_allocated()
    _step(model, objective, batch)
    return torch.cuda.max_memory_allocated() - before


def _kibibytes(field: str) -> int:
    found = re.search(rf"{field}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1])


def _step(model: nn.Module, objective: Objective, batch: GraphBatch) -> None:
    objective.loss(model(batch), batch.y).backward()
    model.zero_grad(set_to_none=True)

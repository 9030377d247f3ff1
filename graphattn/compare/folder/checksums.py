"""What a data set is, in one line of hexadecimal digits."""

import hashlib
from typing import Any

import torch
from torch import Tensor

from graphattn.compare.task import Task


def checksum(task: Task) -> str:
    """Returns the sha256 of everything that is learned from and predicted.

    Args:
        task: The data set, as it is after reading.
    """
    graphs = task.graphs
    found = hashlib.sha256(f"{task.level} {task.outputs} {task.target}".encode())
    tensors = (graphs.x, graphs.ptr, graphs.edges.index, graphs.edges.attr, graphs.y)
    for tensor in tensors:
        if tensor is None:
            found.update(b"none")
        else:
            found.update(f"{tensor.dtype} {list(tensor.shape)}".encode())
            found.update(_bytes(tensor))
    # Splits are drawn from scaffolds and given parts.
    found.update("\n".join((*task.smiles, *task.parts)).encode())
    return found.hexdigest()


def _bytes(tensor: Tensor) -> Any:
    flat = tensor.detach().cpu().contiguous().view(-1)
    return flat.view(torch.uint8).numpy()  # an array is a buffer: nothing is copied

"""Weights of a model as safetensors: numbers only, nothing that runs on reading."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor, nn

from graphattn._errors import require
from graphattn.compare.folder.files import write_atomically
from graphattn.compare.folder.records import CorruptedError


def save_weights(file: Path, model: nn.Module) -> str:
    """Writes the weights, whole or not at all.

    Args:
        file: Where to.
        model: The model.

    Returns:
        The sha256 of the file.
    """
    state = {name: value.contiguous() for name, value in model.state_dict().items()}
    # Written here and not by safetensors, whose error on a full disk is no OSError.
    content = save(state)
    write_atomically(file, lambda path: path.write_bytes(content))
    return digest(file)


def load_weights(file: Path, model: nn.Module, sha256: str | None = None) -> None:
    """Gives `model` the weights in a file.

    Args:
        file: What `save_weights` wrote.
        model: Of the kind that was saved.
        sha256: Of the file, where it is known.

    Raises:
        CorruptedError: The file is not there, cut short or changed.
        ValueError: It holds the weights of another model.
    """
    if not file.is_file():
        raise CorruptedError(f"{file} is missing")
    if sha256 is not None and digest(file) != sha256:
        raise CorruptedError(f"{file} is not what was written: its checksum differs")
    try:
        state = load_file(file)
    except SafetensorError as error:
        raise CorruptedError(f"{file} is no whole safetensors file: {error}") from None
    own = model.state_dict()
    differing = _first_difference(own, state)
    require(
        differing is None,
        "compare",
        "the checkpoint is of another model",
        {
            "file": str(file),
            "tensor": differing,
            "in the model": _shape(own, differing),
            "in the checkpoint": _shape(state, differing),
        },
    )
    model.load_state_dict(state)


def digest(file: Path) -> str:
    """Returns the sha256 of a file.

    Args:
        file: The file.
    """
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _first_difference(
    own: Mapping[str, Tensor], other: Mapping[str, Tensor]
) -> str | None:
    for name in (*own, *other):
        if _shape(own, name) != _shape(other, name):
            return name
    return None


def _shape(state: Mapping[str, Tensor], name: str | None) -> list[int] | str:
    return "not there" if name not in state else list(state[str(name)].shape)

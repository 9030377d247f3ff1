"""Shapes are checked at run time, and fresh memory is NaN, in every test."""

import os

import pytest
import torch
from jaxtyping import install_import_hook

with install_import_hook("graphattn", "beartype.beartype"):
    import graphattn  # noqa: F401

# Tests are small: waking a second thread takes longer than what it would do.
torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)
torch.utils.deterministic.fill_uninitialized_memory = True


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(13)


@pytest.fixture
def data_folder() -> str:
    """The folder of real public data sets, where the machine has it."""
    folder = os.environ.get("GRAPHATTN_DATA")
    if not folder:
        pytest.skip("GRAPHATTN_DATA names no folder with the public data sets")
    return folder

"""What this installation can do: versions, kernels, devices, data."""

import os
import platform
from importlib import metadata
from typing import Any

import torch

from graphattn.datasets import names
from graphattn.ops.kernels import kernel_for
from graphattn.ops.native import isa

PACKAGES = (
    "graphattn",
    "torch",
    "torch-geometric",
    "numpy",
    "scipy",
    "scikit-learn",
    "rdkit",
    "networkx",
    "lightning",
    "torchmetrics",
    "polars",
    "typer",
    "rich",
    "matplotlib",
    "triton",
)


def environment() -> dict[str, Any]:
    """Returns versions, kernels, devices and data, ready for JSON."""
    devices = ["cpu"]
    devices += [f"cuda:{number}" for number in range(torch.cuda.device_count())]
    return {
        "python": platform.python_version(),
        "system": platform.platform(terse=True),
        "packages": {package: version(package) for package in PACKAGES},
        "devices": {device: _describe(device) for device in devices},
        "threads": torch.get_num_threads(),
        "data": {
            "names": list(names()),
            "folders": folders(),
        },
    }


def version(package: str) -> str:
    """Returns the installed version of a package, or "not installed"."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"


def folders() -> dict[str, str]:
    """Returns where data is looked for; a folder that is not there is left out."""
    found = {"GRAPHATTN_DATA": os.environ.get("GRAPHATTN_DATA", "not set")}
    try:
        from rdkit import RDConfig
    except ModuleNotFoundError:
        return found
    return {
        **found,
        "rdkit": RDConfig.RDDataDir,
        "rdkit contrib": RDConfig.RDContribDir,
    }


def _describe(device: str) -> dict[str, str]:
    kernel = kernel_for(device)
    if device != "cpu":
        return {"name": torch.cuda.get_device_name(device), "kernel": kernel}
    found = {"name": platform.machine(), "kernel": kernel}
    return {**found, "instructions": isa()} if kernel == "native" else found

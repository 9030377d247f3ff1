"""What an installed package holds, built from the source archive alone."""

import importlib
import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> zipfile.ZipFile:
    """A wheel made on a machine without a compiler, by way of the source archive."""
    folder = tmp_path_factory.mktemp("package")
    source = shutil.copytree(
        ROOT,
        folder / "source",
        ignore=shutil.ignore_patterns(".git", ".venv", "build", "*.so", "*.egg-info"),
    )
    answer = subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, source],
        env={**os.environ, "CC": "no-compiler", "CXX": "no-compiler"},
        capture_output=True,
        text=True,
    )
    assert answer.returncode == 0, answer.stdout[-2000:] + answer.stderr[-2000:]
    return zipfile.ZipFile(next(folder.glob("*.whl")))


def test_the_catalogue_is_data_of_the_datasets_room(wheel):
    cards = [name for name in wheel.namelist() if name.endswith(".toml")]
    assert "graphattn/datasets/catalogue/karate.toml" in cards
    assert len(cards) == len(list((ROOT / "datasets").glob("*.toml")))


def test_nothing_else_is_installed_at_the_top(wheel):
    tops = {name.split("/")[0] for name in wheel.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"graphattn"}


def test_types_are_shipped_and_every_room_is_there(wheel):
    names = set(wheel.namelist())
    assert "graphattn/py.typed" in names
    sources = {
        path.relative_to(ROOT).as_posix() for path in (ROOT / "graphattn").rglob("*.py")
    }
    assert sources <= names


def test_the_command_exists():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    module, _, function = project["scripts"]["graphattn"].partition(":")
    assert callable(getattr(importlib.import_module(module), function))

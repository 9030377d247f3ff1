"""What an installed package holds, built from the source archive alone."""

import importlib
import os
import shutil
import stat
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


def test_a_build_leaves_nothing_in_the_source_tree(tmp_path):
    compiler = tmp_path / "compiler"
    compiler.write_text('#!/bin/sh\nwhile [ "$1" != -o ]; do shift; done; : > "$2"\n')
    compiler.chmod(compiler.stat().st_mode | stat.S_IXUSR)
    source = tmp_path / "source"
    for name in ("setup.py", "pyproject.toml", "README.md", "LICENSE"):
        source.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, source)
    for room in ("graphattn/ops/native", "datasets"):
        shutil.copytree(
            ROOT / room, source / room, ignore=shutil.ignore_patterns("*.so", "__pyc*")
        )
    before = {path.relative_to(source) for path in source.rglob("*")}
    places = ("--build-lib", tmp_path / "lib", "--build-temp", tmp_path / "temp")
    answer = subprocess.run(
        [sys.executable, "setup.py", "-q", "build_ext", *places],
        cwd=source,
        env={**os.environ, "CC": str(compiler), "CXX": str(compiler)},
        capture_output=True,
        text=True,
    )
    assert answer.returncode == 0, answer.stderr[-2000:]
    assert (tmp_path / "lib/graphattn/ops/native/_kernels.so").exists()
    assert {path.relative_to(source) for path in source.rglob("*")} == before

"""Imports point down only, and importing the library loads no extra."""

import ast
import subprocess
import sys
from pathlib import Path

import graphattn

ROOT = Path(graphattn.__file__).parent
# From the top down: a room imports itself and the rooms below it.
ROOMS = (
    ("__main__",),
    ("cli",),
    ("report", "environment"),
    ("compare",),
    ("training",),
    ("models",),
    ("nn", "datasets"),
    ("structure",),
    ("patterns", "sampling"),
    ("functional",),
    ("adjacency",),
    ("ops",),
    ("_errors",),
)
LEVEL = {room: level for level, rooms in enumerate(ROOMS) for room in rooms}


def room_of(module: str) -> str:
    return module.split(".")[1]


def imports(path: Path) -> set[str]:
    """Returns the rooms that a file of the library imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            if node.module == "graphattn":
                found |= {f"graphattn.{alias.name}" for alias in node.names}
            elif node.module.startswith("graphattn."):
                found.add(node.module)
        elif isinstance(node, ast.Import):
            found |= {a.name for a in node.names if a.name.startswith("graphattn.")}
    return {room_of(module) for module in found}


def test_every_import_points_down():
    upward = []
    for path in sorted(ROOT.rglob("*.py")):
        room = path.relative_to(ROOT).parts[0].removesuffix(".py")
        if room == "__init__":
            continue
        for other in imports(path) - {room, "__version__"}:
            if LEVEL[other] <= LEVEL[room]:
                upward.append(f"{path.relative_to(ROOT)} imports {other}")
    assert not upward


def test_no_file_within_a_room_imports_in_a_circle():
    modules = {
        ".".join(("graphattn", *path.relative_to(ROOT).with_suffix("").parts)): path
        for path in ROOT.rglob("*.py")
        if path.name != "__init__.py"
    }
    arrows = {
        name: {
            node.module
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.ImportFrom) and node.module in modules
        }
        for name, path in modules.items()
    }
    done: set[str] = set()

    def walk(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, " -> ".join((*trail, name))
        if name not in done:
            for other in arrows[name]:
                walk(other, (*trail, name))
            done.add(name)

    for name in modules:
        walk(name, ())


def test_importing_the_library_loads_no_extra():
    extras = "rdkit networkx sklearn scipy lightning torchmetrics polars typer rich "
    extras += "matplotlib jinja2 triton safetensors graphattn.nn.graphgym"
    code = (
        "import sys, torch_geometric; before = set(sys.modules); import graphattn; "
        f"new = set(sys.modules) - before; print([m for m in {extras.split()} "
        "if m in new])"
    )
    answer = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.strip() == "[]"

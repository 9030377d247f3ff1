"""What the models of a study say about a user's own molecules and nodes."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

from graphattn._errors import require
from graphattn.compare.examine import attention_on
from graphattn.compare.folder import checksum, read_config
from graphattn.compare.folder.trained import Trained
from graphattn.compare.sources import load_task
from graphattn.compare.structures import structure
from graphattn.compare.task import Task, prepare
from graphattn.datasets import from_molecules

ABOUT_FILES = ("smiles", "target", "labels", "label", "source", "destination")


def molecules(smiles: Sequence[str]) -> Task:
    """Returns molecules without targets, in the shape of a task.

    Args:
        smiles: One per molecule.

    Raises:
        ValueError: A molecule cannot be read; the message names its row.
    """
    return prepare(from_molecules(smiles, [0.0] * len(smiles)))


def network(folder: Path, models: Trained) -> Task:
    """Returns the network that a study was about.

    Args:
        folder: Of the study.
        models: Trained on it.

    Raises:
        ValueError: The models are of something else, or the data have changed.
    """
    settings = read_config(folder / "study.toml")
    about = {name: settings.get(name) for name in ABOUT_FILES}
    tasks = [load_task(name, about) for name in settings["data"]]
    wanted = models.terms["data"]
    task = next((task for task in tasks if task.name == wanted), None)
    given = {"folder": str(folder), "data": wanted}
    require(
        task is not None and task.level == "node",
        "graphattn",
        "models can be asked about molecules and about the nodes of their network",
        given,
    )
    assert task is not None
    rule = "the data are not those that the models were trained on"
    same = checksum(task) == models.terms["checksum"]
    require(same, "graphattn", rule, given)
    return task


def columns(
    models: Trained, found: Float[Tensor, "members rows outputs"]
) -> list[dict[str, Any]]:
    """Returns what to write about each row: the mean, and how far the models disagree.

    Args:
        models: Who was asked.
        found: What each said, as `Trained.predict` returns it.
    """
    mean = found.mean(0)
    std = found.std(0) if len(found) > 1 else torch.full_like(mean, torch.nan)
    names = list(models.describes["class_names"])
    if models.members[0].mean is None and not models.describes["is_labels"]:
        names = names or [str(k) for k in range(mean.shape[1])]
        best = mean.argmax(1)
        return [
            {"predicted": names[k], "chance": p[k], "chance_std": s[k]}
            for k, p, s in zip(best, mean.tolist(), std.tolist(), strict=True)
        ]
    targets = models.describes["target"].split(", ")
    return [
        {
            name: value
            for target, m, s in zip(targets, means, stds, strict=True)
            for name, value in ((f"{target}_mean", m), (f"{target}_std", s))
        }
        for means, stds in zip(mean.tolist(), std.tolist(), strict=True)
    ]


def attended(
    models: Trained,
    task: Task,
    names: Sequence[str],
    rows: Int[Tensor, " rows"] | None = None,
) -> list[dict[str, Any]]:
    """Returns who attends to whom in one graph, the strongest pair first.

    Args:
        models: Whose attention; the mean over layers, heads and models is taken.
        task: The graph is its first.
        names: Of the nodes.
        rows: The nodes whose attention is wanted; None is all.

    Raises:
        ValueError: The models do not attend.
    """
    require(
        structure(models.structure).kind == "attention",
        "explain",
        "these models have no attention to show",
        {"structure": models.structure},
    )
    every = []
    for member in models.members:
        pairs = models.pairs(task, member)
        seen = attention_on(member.model, task, pairs, 0, rows)
        every.append(seen.weights.mean((0, 1)))
    weights = torch.stack(every)
    mean = weights.mean(0)
    std = weights.std(0) if len(every) > 1 else torch.full_like(mean, torch.nan)
    at = range(len(names)) if rows is None else rows.tolist()
    found = [
        {"node": names[i], "attends to": names[j], "weight": m, "std": s}
        for i, of, spread in zip(at, mean.tolist(), std.tolist(), strict=True)
        for j, (m, s) in enumerate(zip(of, spread, strict=True))
        if m > 0
    ]
    return sorted(found, key=lambda pair: -pair["weight"])


def position(names: Sequence[str], node: str) -> Int[Tensor, " 1"]:
    """Returns where a node is.

    Args:
        names: Of all nodes.
        node: The one that is looked for.

    Raises:
        ValueError: There is none of this name; the message has the nearest.
    """
    nearest = get_close_matches(node, names, n=3, cutoff=0.3)
    rule = "the network has no such node"
    require(node in names, "explain", rule, {"node": node, "nearest": nearest})
    return torch.tensor([list(names).index(node)])


def atoms(smiles: str) -> list[str]:
    """Returns a name for each atom of a molecule: its element and its place.

    Args:
        smiles: The molecule.
    """
    from rdkit import Chem

    mol = Chem.MolFromSmiles(smiles)
    return [f"{atom.GetSymbol()}{atom.GetIdx() + 1}" for atom in mol.GetAtoms()]


def smiles_of(rows: Sequence[Mapping[str, str]], column: str, file: Path) -> list[str]:
    """Returns the column of SMILES of a table.

    Args:
        rows: Of the table.
        column: Its name.
        file: Where the table came from.

    Raises:
        ValueError: There is no row, or no such column; the message has what there is.
    """
    rule = (
        "the file has no row"
        if not rows
        else "name the column with smiles= among those there are"
    )
    there = list(rows[0]) if rows else []
    given = {"file": str(file), "smiles": column, "columns": there}
    require(column in there, "predict", rule, given)
    return [row[column] for row in rows]

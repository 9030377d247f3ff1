"""What the models of a study say about a user's own molecules and nodes."""

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from graphattn._errors import require
from graphattn.compare.examine import attention_on
from graphattn.compare.folder import checksum, read_config
from graphattn.compare.folder.trained import Trained
from graphattn.compare.sources import load_task
from graphattn.compare.structures import structure
from graphattn.compare.task import Task, prepare
from graphattn.datasets import GraphDataset

ABOUT_FILES = ("smiles", "target", "labels", "label", "source", "destination")


def molecules(data: GraphDataset, models: Trained) -> Task:
    """Returns molecules in the shape of a task, for models that have not seen them.

    Args:
        data: The molecules; their targets are not looked at.
        models: Trained on molecules.

    Raises:
        ValueError: The models learned from other features.
    """
    task, learned = prepare(data), models.specification
    require(
        (task.nodes, task.edges) == (learned.nodes, learned.edges),
        "graphattn",
        "the models learned from other features of atoms and bonds than those that are "
        "read from SMILES",
        {"data": models.terms["data"], "columns": learned.nodes, "SMILES": task.nodes},
    )
    return task


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
    mean, std = found.mean(0), _spread(found)
    names = list(models.describes["class_names"])
    if models.members[0].mean is None and not models.describes["is_labels"]:
        names = names or [str(k) for k in range(mean.shape[1])]
        best = mean.argmax(1)
        agree = (found.argmax(2) == best).double().mean(0)
        return [
            {
                "predicted": names[k],
                "chance": chances[k],
                "chance_std": spread[k],
                "agreement": share,
            }
            for k, chances, spread, share in zip(
                best.tolist(), mean.tolist(), std, agree.tolist(), strict=True
            )
        ]
    target = models.describes["target"]
    targets = [target] if mean.shape[1] == 1 else target.split(", ")
    return [
        {
            name: value
            for target, m, s in zip(targets, means, stds, strict=True)
            for name, value in ((f"{target}_mean", m), (f"{target}_std", s))
        }
        for means, stds in zip(mean.tolist(), std, strict=True)
    ]


def weights(
    models: Trained, task: Task, node: int | None = None
) -> Float[Tensor, "members rows nodes"]:
    """Returns how much nodes attend to each other in one graph, by each model.

    Args:
        models: Whose attention; the mean over layers and heads is taken.
        task: The graph is its first.
        node: Whose attention is wanted; None is that of all.

    Raises:
        ValueError: The models do not attend.
    """
    rows = None if node is None else torch.tensor([node])
    require(
        structure(models.structure).kind == "attention",
        "explain",
        "these models have no attention to show",
        {"structure": models.structure},
    )
    seen = (
        attention_on(member.model, task, models.pairs(task, member), 0, rows)
        for member in models.members
    )
    return torch.stack([one.weights.mean((0, 1)) for one in seen])


def attended(
    every: Float[Tensor, "members rows nodes"],
    names: Sequence[str],
    node: int | None = None,
) -> list[dict[str, Any]]:
    """Returns who attends to whom, the strongest pair first.

    Args:
        every: What `weights` returned.
        names: Of the nodes.
        node: Whose attention it is; None is that of all.
    """
    at = range(len(names)) if node is None else [node]
    found = [
        {"node": names[i], "attends to": names[j], "weight": m, "std": s}
        for i, of, spread in zip(
            at, every.mean(0).tolist(), _spread(every), strict=True
        )
        for j, (m, s) in enumerate(zip(of, spread, strict=True))
        if m > 0
    ]
    return sorted(found, key=lambda pair: -pair["weight"])


def _spread(found: Float[Tensor, "members rows columns"]) -> list[list[float | None]]:
    if len(found) > 1:
        return found.std(0).tolist()
    return [[None] * found.shape[2]] * found.shape[1]  # one model cannot disagree


def position(names: Sequence[str], node: str) -> int:
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
    return list(names).index(node)


def atoms(task: Task) -> list[str]:
    """Returns a name for each atom of a molecule: its element and its place.

    Args:
        task: The molecule is its first.
    """
    from rdkit import Chem

    mol = Chem.MolFromSmiles(task.smiles[0])
    return [f"{atom.GetSymbol()}{atom.GetIdx() + 1}" for atom in mol.GetAtoms()]

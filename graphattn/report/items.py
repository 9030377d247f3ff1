"""What the items of a data set are called, and where the structures differ most."""

import textwrap
from dataclasses import dataclass

import numpy as np

from graphattn.compare.counted import counted
from graphattn.report.material import Material
from graphattn.report.scenes import Scene
from graphattn.report.scenes.tokens import words_of

_LONGEST = 70  # characters of a sentence
_NOUNS = {"molecules": "molecule", "sequence": "sequence", "image": "image"}


@dataclass(frozen=True)
class Apart:
    """An item on which two structures differ: its name and the error of each."""

    name: str
    errors: tuple[float, ...]
    tests: int


def noun(material: Material) -> str:
    """Returns what one item is: "molecule", "node", ..."""
    if material.task.level == "node":
        return "node"
    return _NOUNS.get(material.task.kind, "graph")


def item_name(material: Material, item: int) -> str:
    """Returns what an item is called.

    Args:
        material: Of the data set.
        item: Its position.
    """
    task = material.task
    if task.level == "node":
        return f"node {task.node_names[item] if task.node_names else item}"
    if task.kind == "molecules" and task.smiles:
        return task.smiles[item]
    if task.kind == "sequence" and task.vocabulary:
        words = words_of(task, item)
        text = ("" if max(map(len, words), default=0) == 1 else " ").join(words)
        return textwrap.shorten(text, _LONGEST, placeholder=" …")
    return f"{noun(material)} {item}"


def item_title(material: Material, scene: Scene) -> str:
    """Returns what a scene shows.

    Args:
        material: Of the data set.
        scene: One of its scenes.
    """
    size = len(scene.nodes)
    if scene.item is None:
        return f"the whole network, {counted(size, 'node')}"
    name = item_name(material, scene.item)
    parts = {"molecule": "atom", "tokens": "token", "pixels": "pixel"}
    return f"{counted(size, parts.get(scene.kind, 'node'))}: {name}"


def item_errors_text(material: Material, scene: Scene) -> str:
    """Returns the mean error of every structure on the item of a scene, or nothing.

    Args:
        material: Of the data set.
        scene: One of its scenes.
    """
    found = material.errors
    if found is None or scene.item is None or scene.item not in found.items:
        return ""
    place = int(np.searchsorted(found.items, scene.item))
    each = ", ".join(f"{name} {e[place]:.2f}" for name, e in found.errors.items())
    runs = int(found.tests[place])
    return f"{found.unit}: {each} (mean of {counted(runs, 'run')})"


def furthest_apart(material: Material, most: int = 5) -> list[Apart]:
    """Returns the items on which the two shown structures differ most, both ways.

    Args:
        material: Of the data set.
        most: How many in each direction.
    """
    found, shown = material.errors, material.shown
    if found is None or len(shown) < 2:
        return []
    order = np.argsort(found.errors[shown[1]] - found.errors[shown[0]], kind="stable")
    chosen = dict.fromkeys([*order[::-1][:most].tolist(), *order[:most][::-1].tolist()])
    return [
        Apart(
            item_name(material, int(found.items[k])),
            tuple(float(found.errors[name][k]) for name in shown),
            int(found.tests[k]),
        )
        for k in chosen
    ]

"""Which graphs of a data set are shown."""

import torch
from jaxtyping import Int
from torch import Tensor

from graphattn.compare.task import Task
from graphattn.report.scenes.network import fits, network_scene
from graphattn.report.scenes.pixels import pixels_scene
from graphattn.report.scenes.scene import LARGEST, Scene
from graphattn.report.scenes.tokens import tokens_scene

_SMALLEST = 4  # nodes: among fewer there is hardly anybody to attend to


def scenes(task: Task, test: Int[Tensor, " rows"], most: int) -> list[Scene]:
    """Returns drawings of test items from small to large; of a small network, one.

    Args:
        task: The data set.
        test: Positions of the items that no shown model has learned from.
        most: How many drawings.
    """
    if task.level == "node":
        if fits(task):
            return [network_scene(task)]
        degree = torch.bincount(
            task.graphs.edges.index[1], minlength=len(task.graphs.x)
        )
        return [network_scene(task, 0, k) for k in spread(test, degree[test], most)]
    sizes = task.graphs.sizes[test]
    readable = sizes <= LARGEST
    worth_it = readable & (sizes >= _SMALLEST)
    wanted = (worth_it, readable, torch.ones_like(readable))
    shown = next(test[some] for some in wanted if some.any())
    chosen = spread(shown, task.graphs.sizes[shown], most)
    return [_scene(task, graph) for graph in chosen]


def spread(
    items: Int[Tensor, " items"], sizes: Int[Tensor, " items"], most: int
) -> list[int]:
    """Returns items of small, middle and large size, in that order.

    Args:
        items: To choose from.
        sizes: Of each.
        most: How many.
    """
    order = items[sizes.argsort(stable=True)]
    steps = torch.linspace(0, len(order) - 1, 2 * most + 1)[1::2].round().long()
    return list(dict.fromkeys(order[steps].tolist()))


def _scene(task: Task, graph: int) -> Scene:
    if task.kind == "molecules" and task.smiles:
        from graphattn.report.scenes.molecule import molecule_scene

        return molecule_scene(task, graph)
    if task.places is not None:
        return pixels_scene(task, graph)
    if task.kind == "sequence":
        return tokens_scene(task, graph)
    large = int(task.graphs.sizes[graph]) > LARGEST
    return network_scene(task, graph, 0 if large else None)

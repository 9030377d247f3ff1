"""An image as the grid of its pixels or patches."""

import numpy as np
import torch
from jaxtyping import Float

from graphattn.compare.task import Task
from graphattn.report.scenes.neighbourhood import neighbourhood
from graphattn.report.scenes.network import edges_of
from graphattn.report.scenes.scene import LARGEST, Scene

_SIDE = 420.0


def pixels_scene(task: Task, graph: int) -> Scene:
    """Returns the image; of a large one, the surroundings of its brightest place.

    Args:
        task: The data set.
        graph: Position of the image.
    """
    values, grid = image_of(task, graph)
    nodes = torch.arange(len(values))
    if len(values) > LARGEST:
        brightest = int(values.argmax())
        nodes = neighbourhood(edges_of(task, graph), len(values), brightest, LARGEST)
    columns, rows = grid[nodes.numpy()].T
    cell = _SIDE / (max(np.ptp(columns), np.ptp(rows)) + 1)
    places = np.stack([columns - columns.min(), rows - rows.min()], 1) * cell + cell / 2
    squares = "".join(
        f'<rect x="{x - cell / 2:.1f}" y="{y - cell / 2:.1f}" width="{cell:.1f}" '
        f'height="{cell:.1f}" fill="rgb({g},{g},{g})"/>'
        for (x, y), g in zip(places, _greys(values[nodes.numpy()]), strict=True)
    )
    return Scene(
        kind="pixels",
        graph=graph,
        item=graph,
        nodes=nodes,
        names=tuple(f"row {r}, column {c}" for c, r in zip(columns, rows, strict=True)),
        places=places,
        sizes=np.full((len(nodes), 2), cell),
        width=float(places[:, 0].max() + cell / 2),
        height=float(places[:, 1].max() + cell / 2),
        backdrop=squares,
    )


def image_of(task: Task, graph: int) -> tuple[Float[np.ndarray, " pixels"], np.ndarray]:
    """Returns how bright each pixel is, mean over its values, and its column and row.

    Args:
        task: The data set.
        graph: Position of the image.
    """
    assert task.places is not None
    first, end = task.graphs.ptr[graph : graph + 2].tolist()
    axes = int((task.places.amax(0) + 1).sum())  # columns that say where it stands
    values = task.graphs.x[first:end, :-axes].float().mean(1)
    return values.numpy(), task.places[first:end].numpy()


def _greys(values: np.ndarray) -> list[int]:
    spread = float(np.ptp(values)) or 1.0
    return [int(v) for v in 40 + 200 * (values - values.min()) / spread]

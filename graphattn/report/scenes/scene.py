"""What is drawn below the attention."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from torch import Tensor

LARGEST = 120  # nodes that still can be told apart


@dataclass(frozen=True, eq=False)
class Scene:
    """A graph, or what surrounds one of its nodes, laid out on a page.

    Attributes:
        kind: "molecule", "network", "tokens" or "pixels".
        graph: Position of the graph in its data set; a network is number 0.
        item: Position of what is predicted: of the graph, or of the node in the middle;
            None where the whole network is shown.
        nodes: Those that are shown, as positions in the graph.
        names: What each of them is called.
        places: The middle of each, in pixels from the upper left corner.
        sizes: Width and height that attention may colour.
        width: Of the drawing.
        height: Of the drawing.
        backdrop: The drawing without attention, as SVG.
    """

    kind: str
    graph: int
    item: int | None
    nodes: Int[Tensor, " shown"]
    names: tuple[str, ...]
    places: Float[np.ndarray, "shown 2"]
    sizes: Float[np.ndarray, "shown 2"]
    width: float
    height: float
    backdrop: str

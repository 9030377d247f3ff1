"""What a model reads at once: some graphs, and who attends to whom in them."""

from dataclasses import dataclass

from jaxtyping import Int, Shaped
from torch import Tensor

from graphattn.adjacency import Adjacency


@dataclass(frozen=True, eq=False)
class GraphBatch:
    """Several graphs, one after the other, as PyG's `Batch` has them.

    `edge_index` is what the graph *is*, and models read their inputs from it; `attend`
    is who may attend to whom. Keeping the two apart is what lets a model run on another
    structure and see the same inputs.

    Attributes:
        x: Features of the nodes: integer columns are categories.
        edge_index: The edges of the graphs, both directions.
        edge_attr: Features of the edges: integer columns are categories.
        batch: The graph of each node, sorted.
        num_graphs: How many graphs there are.
        attend: Who attends to whom; None is full attention within each graph.
        y: One row per prediction.
        rows: For predictions on nodes: the nodes that are scored; None is all.
    """

    x: Shaped[Tensor, "num_nodes node_columns"]
    edge_index: Int[Tensor, "2 num_edges"]
    edge_attr: Shaped[Tensor, "num_edges edge_columns"] | None
    batch: Int[Tensor, " num_nodes"]
    num_graphs: int
    attend: Adjacency | None
    y: Shaped[Tensor, "num_predictions ..."]
    rows: Int[Tensor, " num_rows"] | None = None

    def to(self, device: object, **_: object) -> "GraphBatch":
        """Returns itself: batches are built on the device on which they are used."""
        return self

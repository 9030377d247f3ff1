"""The functions of this room as PyG transforms: of graphs, batches, whole datasets."""

import torch
from torch import Tensor
from torch_geometric.data import Batch, Data
from torch_geometric.transforms import BaseTransform

from graphattn import patterns
from graphattn._errors import require
from graphattn.structure.degrees import in_out_degrees
from graphattn.structure.laplacian import PADDING, laplacian_eigenvectors
from graphattn.structure.paths import path_means, shortest_distances
from graphattn.structure.walks import return_probabilities, walk_probabilities


class _Transform(BaseTransform):
    """Writes what it finds into a shallow copy of a graph or of a batch."""

    def __call__(self, data: Data) -> Data:
        """Returns a copy of the graph, or of the batch, with more attributes.

        Raises:
            ValueError: The graph has several kinds of nodes, or no edges attribute.
        """
        require(
            isinstance(data, Data) and data.edge_index is not None,
            type(self).__name__,
            "takes graphs of one kind of nodes, with an edge_index; convert others by "
            "data.to_homogeneous()",
            {"data": data},
        )
        return super().__call__(data)


class AddLaplacianEigenvectors(_Transform):
    """Adds `laplacian_eigenvectors`, and `laplacian_eigenvalues`, a row for each graph.

    Edges weigh what `edge_weight` says, where the graph has it. Signs are as
    `structure.laplacian_eigenvectors` chooses them: nothing is drawn here, so that the
    result can be saved; modules turn signs at random while they train.

    Args:
        k: As in `structure.laplacian_eigenvectors`, like the rest.
        normalization: ``"sym"``, ``"rw"`` or None.
        keep_zeros: Whether eigenvectors of 0 are among the `k`.
        whole_eigenspaces: Whether an eigenspace that `k` cuts is left out.
    """

    def __init__(
        self,
        k: int,
        *,
        normalization: str | None = "sym",
        keep_zeros: bool = False,
        whole_eigenspaces: bool = False,
    ) -> None:
        self.k = k
        self.normalization = normalization
        self.keep_zeros = keep_zeros
        self.whole_eigenspaces = whole_eigenspaces

    def forward(self, data: Data) -> Data:
        """Writes the attributes."""
        values, vectors = laplacian_eigenvectors(
            *_graph(data), batch=_batch(data), edge_weight=_weight(data), **vars(self)
        )
        missing = (data.num_graphs if isinstance(data, Batch) else 1) - len(values)
        padding = values.new_full((missing, self.k), PADDING)
        data.laplacian_eigenvalues = torch.cat([values, padding])
        data.laplacian_eigenvectors = vectors
        return data


class AddReturnProbabilities(_Transform):
    """Adds `return_probabilities`, `[num_nodes, steps]`.

    Args:
        steps: As in `structure.return_probabilities`.
    """

    def __init__(self, steps: int) -> None:
        self.steps = steps

    def forward(self, data: Data) -> Data:
        """Writes the attribute."""
        data.return_probabilities = return_probabilities(
            *_graph(data), self.steps, batch=_batch(data), edge_weight=_weight(data)
        )
        return data


class AddDegrees(_Transform):
    """Adds `in_out_degrees`, int64 `[num_nodes, 2]`."""

    def forward(self, data: Data) -> Data:
        """Writes the attribute."""
        data.in_out_degrees = in_out_degrees(*_graph(data))
        return data


class AddPairs(_Transform):
    """Adds `pair_index`, `[2, num_pairs]`: who attends to whom, and is looked at below.

    PyG's batches count its nodes on from graph to graph, as they do those of
    `edge_index`.

    Args:
        hops: Pairs that at most so many edges join, as `patterns.k_hop`; None is all
            pairs within each graph.
    """

    def __init__(self, hops: int | None = None) -> None:
        self.hops = hops

    def forward(self, data: Data) -> Data:
        """Writes the attribute."""
        edge_index, num_nodes = _graph(data)
        if self.hops is None:
            pairs = patterns.full(num_nodes, batch=_batch(data))
        else:
            pairs = patterns.k_hop(edge_index, num_nodes, self.hops)
        data.pair_index = pairs.edge_index
        return data


class AddWalkProbabilities(_Transform):
    """Adds `pair_walks`, `[num_pairs, steps]`.

    Its pairs are those of `pair_index`, and the edges of a graph that has none.

    Args:
        steps: As in `structure.walk_probabilities`.
    """

    def __init__(self, steps: int) -> None:
        self.steps = steps

    def forward(self, data: Data) -> Data:
        """Writes the attribute."""
        data.pair_walks = walk_probabilities(
            *_graph(data),
            self.steps,
            _pairs(data),
            batch=_batch(data),
            edge_weight=_weight(data),
        )
        return data


class AddShortestDistances(_Transform):
    """Adds `pair_distance`, int64 `[num_pairs]`, -1 where no path leads.

    Its pairs are those of `pair_index`, and the edges of a graph that has none.

    Args:
        max_distance: As in `structure.shortest_distances`.
    """

    def __init__(self, max_distance: int | None = None) -> None:
        self.max_distance = max_distance

    def forward(self, data: Data) -> Data:
        """Writes the attribute."""
        data.pair_distance = shortest_distances(
            *_graph(data), _pairs(data), max_distance=self.max_distance
        )
        return data


class AddPathMeans(_Transform):
    """Adds `pair_attr`, `[num_pairs, edge_dim]`: the edges' mean along a shortest path.

    Its pairs are those of `pair_index`, and the edges of a graph that has none.

    Args:
        max_distance: As in `structure.path_means`.
    """

    def __init__(self, max_distance: int) -> None:
        self.max_distance = max_distance

    def forward(self, data: Data) -> Data:
        """Writes the attribute.

        Raises:
            ValueError: The graph has no `edge_attr` of two dimensions.
        """
        edge_attr = data.edge_attr
        require(
            isinstance(edge_attr, Tensor) and edge_attr.dim() == 2,
            "AddPathMeans",
            "the graph must have an edge_attr, one row per edge",
            {"data": data},
        )
        assert edge_attr is not None
        if not edge_attr.is_floating_point():
            edge_attr = edge_attr.to(torch.get_default_dtype())
        data.pair_attr = path_means(
            *_graph(data), _pairs(data), edge_attr, self.max_distance
        )
        return data


def _graph(data: Data) -> tuple[Tensor, int]:
    edge_index, num_nodes = data.edge_index, data.num_nodes
    assert edge_index is not None
    assert num_nodes is not None
    return edge_index, num_nodes


def _batch(data: Data) -> Tensor | None:
    return data.batch if isinstance(data, Batch) else None


def _weight(data: Data) -> Tensor | None:
    return data.edge_weight if "edge_weight" in data else None


def _pairs(data: Data) -> Tensor:
    return data.pair_index if "pair_index" in data else _graph(data)[0]

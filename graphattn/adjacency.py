"""`Adjacency`: who may attend to whom, compressed once and shared."""

import threading
import weakref
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import torch
from torch import Tensor
from torch_geometric import EdgeIndex

from graphattn._errors import require
from graphattn.ops.compress import compress

_View = TypeVar("_View")


@dataclass(frozen=True, eq=False)
class Adjacency:
    """The frozen compressed view of an `edge_index`: rows by target and by source.

    A slot is a place in the compressed order, an edge id a place in the original one.
    Duplicate edges are separate edges, and self-loops are never added. All tensors
    are int32.

    Attributes:
        num_sources: Number of nodes that can be attended to.
        num_targets: Number of nodes that attend.
        rowptr: `[num_targets + 1]`, where each target's slots begin.
        col: `[num_edges]`, the source of each slot.
        perm: `[num_edges]`, the edge id of each slot.
        colptr: `[num_sources + 1]`, where each source's slots begin in the view by
            source.
        row: `[num_edges]`, the target of each slot by source.
        csc_perm: `[num_edges]`, the edge id of each slot by source.
    """

    num_sources: int
    num_targets: int
    rowptr: Tensor
    col: Tensor
    perm: Tensor
    colptr: Tensor
    row: Tensor
    csc_perm: Tensor

    @classmethod
    def from_edge_index(
        cls, edge_index: Tensor, num_nodes: int | tuple[int, int]
    ) -> "Adjacency":
        """Compresses a list of edges.

        Args:
            edge_index: `[2, num_edges]` int64 or int32 (row 0 sources, row 1
                targets), a PyG `EdgeIndex`, or a `torch.sparse` COO, CSR or CSC matrix
                whose entry `[i, j]` lets target `i` attend to source `j`, as in PyG;
                its stored values are not read, its edges are in storage order.
            num_nodes: Number of nodes, or `(num_sources, num_targets)`.

        Raises:
            ValueError: An end of an edge is no node, or `edge_index` has another
                shape or type.
        """
        num_sources, num_targets = (
            (num_nodes, num_nodes) if isinstance(num_nodes, int) else num_nodes
        )
        edges = plain_edges(edge_index, num_sources, num_targets)
        return cls(num_sources, num_targets, *compress(edges, num_sources, num_targets))

    @property
    def num_edges(self) -> int:
        """Number of edges, duplicates counted."""
        return self.col.shape[0]

    @property
    def device(self) -> torch.device:
        """Where the view lies."""
        return self.col.device

    @property
    def compressed(self) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]:
        """The six tensors in the order in which the ops take them."""
        return (
            self.rowptr,
            self.col,
            self.perm,
            self.colptr,
            self.row,
            self.csc_perm,
        )

    @property
    def edge_index(self) -> Tensor:
        """The edges as an int64 `[2, num_edges]` tensor, in their original order."""
        targets = torch.arange(self.num_targets, device=self.device)
        targets = targets.repeat_interleave(
            self.rowptr.diff().long(), output_size=self.num_edges
        )
        edges = self.perm.new_empty(2, self.num_edges, dtype=torch.int64)
        edges[:, self.perm.long()] = torch.stack([self.col.long(), targets])
        return edges

    @property
    def degree(self) -> Tensor:
        """How many edges lead to each target, int32 `[num_targets]`."""
        return self.rowptr.diff()

    def to(self, device: torch.device | str) -> "Adjacency":
        """Returns the same view on another device."""
        moved = [tensor.to(device) for tensor in self.compressed]
        return Adjacency(self.num_sources, self.num_targets, *moved)

    def __repr__(self) -> str:
        """Returns the sizes."""
        return (
            f"Adjacency(num_sources={self.num_sources}, "
            f"num_targets={self.num_targets}, num_edges={self.num_edges})"
        )


def as_adjacency(
    edge_index: Tensor | Adjacency, num_sources: int, num_targets: int, caller: str
) -> Adjacency:
    """Returns the compressed view of `edge_index`, built at most once per tensor.

    A view is remembered as long as its tensor lives and is not changed in place
    (changes that PyTorch cannot see, as through a NumPy array that shares the memory,
    go unseen).

    Args:
        edge_index: Anything that `Adjacency.from_edge_index` takes, or its result.
        num_sources: Number of nodes that can be attended to.
        num_targets: Number of nodes that attend.
        caller: The public name to blame in an error.

    Raises:
        ValueError: An `Adjacency` of another size, or as `Adjacency.from_edge_index`.
    """
    if isinstance(edge_index, Adjacency):
        require(
            (edge_index.num_sources, edge_index.num_targets)
            == (num_sources, num_targets),
            caller,
            "query must have one row per target and key one row per source "
            "of the adjacency",
            {
                "adjacency": edge_index,
                "key rows": num_sources,
                "query rows": num_targets,
            },
        )
        return edge_index
    size = (num_sources, num_targets)
    return remember(
        edge_index, size, lambda: Adjacency.from_edge_index(edge_index, size)
    )


def remember(
    edge_index: object, key: tuple[object, ...], build: Callable[[], _View]
) -> _View:
    """Returns what `build` made of `edge_index`, built at most once per tensor.

    It is kept as `as_adjacency` keeps views, and must not hold `edge_index` itself.

    Args:
        edge_index: A tensor, or an object that does not change.
        key: What else the view depends on.
        build: Makes the view.
    """
    if torch.compiler.is_compiling():
        return build()
    return _CACHE.get(edge_index, key, build)


class _Cache:
    """The most recently used views, by the identity and version of their tensors."""

    capacity = 64

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.entries: OrderedDict[
            tuple[object, ...], tuple[weakref.ref[Any], int, Any]
        ] = OrderedDict()

    def get(
        self, edge_index: Any, key: tuple[object, ...], build: Callable[[], _View]
    ) -> _View:
        is_tensor = isinstance(edge_index, Tensor)
        if is_tensor and edge_index.is_inference():
            return build()
        key = (id(edge_index), *key)
        version = edge_index._version if is_tensor else 0
        with self.lock:
            entry = self.entries.get(key)
            if entry is not None:
                kept, kept_version, view = entry
                if kept() is edge_index and kept_version == version:
                    self.entries.move_to_end(key)
                    return view
        view = build()
        reference = weakref.ref(edge_index, lambda _: self.entries.pop(key, None))
        with self.lock:
            self.entries[key] = (reference, version, view)
            while len(self.entries) > self.capacity:
                self.entries.popitem(last=False)
        return view


_CACHE = _Cache()


def plain_edges(edge_index: Tensor, num_sources: int, num_targets: int) -> Tensor:
    """Returns `[2, num_edges]` integers, whatever form the edges came in."""
    require(
        isinstance(edge_index, Tensor),
        "Adjacency",
        "edge_index must be a tensor, an EdgeIndex, a torch.sparse matrix "
        "or an Adjacency",
        {"edge_index": type(edge_index).__name__},
    )
    if edge_index.layout != torch.strided:
        return _from_sparse(edge_index, num_sources, num_targets)
    if isinstance(edge_index, EdgeIndex):
        edge_index = edge_index.as_tensor()
    require(
        edge_index.dim() == 2 and edge_index.shape[0] == 2,
        "Adjacency",
        "edge_index must have the shape [2, num_edges]: sources, then targets",
        {"edge_index": edge_index},
    )
    require(
        edge_index.dtype in (torch.int64, torch.int32),
        "Adjacency",
        "edge_index must hold int64 or int32 node numbers; convert it with .long()",
        {"edge_index": edge_index},
    )
    return edge_index


def _from_sparse(matrix: Tensor, num_sources: int, num_targets: int) -> Tensor:
    """Returns the stored entries `[target, source]` of a sparse matrix as edges."""
    require(
        tuple(matrix.shape) == (num_targets, num_sources),
        "Adjacency",
        "a sparse adjacency must have one row per target and one column per source",
        {
            "shape": tuple(matrix.shape),
            "num_targets": num_targets,
            "num_sources": num_sources,
        },
    )
    require(
        matrix.layout in (torch.sparse_coo, torch.sparse_csr, torch.sparse_csc),
        "Adjacency",
        "a sparse adjacency must be COO, CSR or CSC",
        {"layout": matrix.layout},
    )
    if matrix.layout == torch.sparse_coo:
        target, source = matrix._indices()
    elif matrix.layout == torch.sparse_csr:
        source, target = matrix.col_indices(), _owners(matrix.crow_indices())
    else:
        source, target = _owners(matrix.ccol_indices()), matrix.row_indices()
    return torch.stack([source.to(target.dtype), target])


def _owners(pointers: Tensor) -> Tensor:
    rows = torch.arange(
        pointers.shape[0] - 1, device=pointers.device, dtype=pointers.dtype
    )
    return rows.repeat_interleave(pointers.diff())

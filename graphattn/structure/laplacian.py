"""Eigenvectors of a graph's Laplacian: smooth coordinates of its nodes."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from graphattn._errors import require
from graphattn.adjacency import Adjacency
from graphattn.patterns.sets import Batch
from graphattn.structure.alone import Numbers, connected_spectrum, matrix_of
from graphattn.structure.checks import need, weighted_entries
from graphattn.structure.groups import Entries, Members
from graphattn.structure.spectra import Parts, decompose

_NORMALIZATIONS = ("sym", "rw", None)
# Eigenvalues that are nearer to each other count as one.
_SAME = 1e-6
# Of a column that pads: no eigenvalue of a Laplacian is negative.
PADDING = -1.0


class Spectrum(NamedTuple):
    """The smallest eigenpairs of each graph, ascending.

    Attributes:
        eigenvalues: `[num_graphs, k]`; -1 in the columns that a graph has no pair for.
        eigenvectors: `[num_nodes, k]`, of unit length in each graph; zeros there.
    """

    eigenvalues: Float[Tensor, "num_graphs k"]
    eigenvectors: Float[Tensor, "num_nodes k"]


def laplacian_eigenvectors(
    edge_index: Tensor | Adjacency,
    num_nodes: int,
    k: int,
    *,
    batch: Batch | None = None,
    edge_weight: Float[Tensor, " num_edges"] | None = None,
    normalization: str | None = "sym",
    keep_zeros: bool = False,
    whole_eigenspaces: bool = False,
) -> Spectrum:
    r"""Returns the eigenvectors of the `k` smallest eigenvalues of each graph.

    .. math::
        L = D - A, \quad L_{sym} = I - D^{-1/2} A D^{-1/2}, \quad L_{rw} = I - D^{-1} A

    The edges are undirected here: :math:`A` is the mean of the weights of both
    directions, duplicate edges add up, and self-loops do not count. An isolated node is
    a graph whose Laplacian is 0.

    Each connected component is solved by itself. So 0 is an eigenvalue exactly as often
    as there are components, and every eigenvector is zero outside of one component.
    Components of up to some hundred nodes are solved together as dense matrices, larger
    ones by Lanczos iterations on a sparse matrix. A sign is that of the sum of the
    cubes, where that is not 0; within the space of a repeated eigenvalue the basis is
    arbitrary.

    Args:
        edge_index: The graph.
        num_nodes: Number of its nodes.
        k: How many eigenvectors; a graph with fewer is padded.
        batch: The graph of each node, not decreasing.
        edge_weight: Weights of the edges, not negative; 1 by default.
        normalization: ``"sym"``, ``"rw"``, or None for :math:`D - A`.
        keep_zeros: Whether the eigenvectors of 0, one for each component, are among the
            `k`; they tell components apart and, within one, nothing but degrees.
        whole_eigenspaces: Whether a repeated eigenvalue is left out where only some of
            its eigenvectors are among the `k`. What does not depend on the basis then
            does not depend on an arbitrary choice either.

    Raises:
        ValueError: `k` is not positive, or the graph, its weights or `batch` do not
            fit; a graph between two kinds of nodes has no Laplacian.
        ImportError: SciPy is not installed.

    Source:
        Dwivedi et al. 2020, https://arxiv.org/abs/2003.00982; Chung, Spectral Graph
        Theory, 1997 (isolated nodes).
    """
    caller = "laplacian_eigenvectors"
    require(k > 0, f"structure.{caller}", "k must be positive", {"k": k})
    require(
        normalization in _NORMALIZATIONS,
        f"structure.{caller}",
        f"normalization must be one of {_NORMALIZATIONS}",
        {"normalization": normalization},
    )
    alone = matrix_of(edge_index, num_nodes, batch) if edge_weight is None else None
    pairs = None if alone is None else connected_spectrum(alone, normalization)
    if pairs is not None:
        return _cut(*pairs, k, 1 - keep_zeros, whole_eigenspaces)
    entries, graph = weighted_entries(caller, edge_index, num_nodes, batch, edge_weight)
    device = graph.device
    entries, graph = _undirected(entries), graph.cpu()
    members = Members.of(_components(entries, num_nodes))
    # One more for each component's 0, and one to see whether `k` cuts an eigenspace.
    count = k + (not keep_zeros) + whole_eigenspaces
    parts = decompose(entries, members, count, normalization)
    if not keep_zeros:
        parts = Parts(parts.values[:, 1:], parts.vectors[:, 1:])
    found = _merge(parts, members, graph, k, whole_eigenspaces)
    dtype = torch.get_default_dtype()
    return Spectrum(*(tensor.to(device, dtype) for tensor in found))


def _cut(
    values: Numbers, vectors: Numbers, k: int, first: int, whole: bool
) -> Spectrum:
    """Returns the `k` pairs from `first` on of all of one connected graph's."""
    own, beyond = values[first : first + k], values[first + k : first + k + 1]
    count = int((beyond - own >= _SAME).sum()) if whole and len(beyond) else len(own)
    dtype = torch.get_default_dtype()
    eigenvalues = torch.full((1, k), PADDING, dtype=dtype)
    eigenvectors = torch.zeros(len(vectors), k, dtype=dtype)
    eigenvalues[0, :count] = torch.from_numpy(own[:count])
    eigenvectors[:, :count] = torch.from_numpy(vectors[:, first : first + count])
    return Spectrum(eigenvalues, eigenvectors)


def _undirected(entries: Entries) -> Entries:
    """Returns half of each weight in both directions, without loops, on the CPU."""
    source, target, weight = entries.only(entries.source != entries.target)
    both = torch.cat([source, target]), torch.cat([target, source])
    return Entries(both[0].cpu(), both[1].cpu(), (weight / 2).repeat(2).cpu())


def _components(entries: Entries, num_nodes: int) -> Tensor:
    caller = "structure.laplacian_eigenvectors"
    sparse = need("scipy.sparse", caller)
    csgraph = need("scipy.sparse.csgraph", caller)
    ends = (entries.source.numpy(), entries.target.numpy())
    matrix = sparse.coo_matrix((entries.weight.numpy(), ends), (num_nodes, num_nodes))
    if num_nodes == 0:
        return torch.empty(0, dtype=torch.int64)
    return torch.from_numpy(csgraph.connected_components(matrix, False)[1]).long()


def _merge(
    parts: Parts, members: Members, graph: Tensor, k: int, whole: bool
) -> Spectrum:
    """Sorts the eigenpairs of the components of each graph into one list."""
    num_graphs = int(graph[-1]) + 1 if len(graph) else 0
    width = parts.values.shape[1]
    owner = graph[members.order[members.start]].repeat_interleave(width)
    value = parts.values.flatten()
    order = value.argsort(stable=True)
    order = order[owner[order].argsort(stable=True)]
    order = order[value[order].isfinite()]
    owner, value = owner[order], value[order]
    count = torch.bincount(owner, minlength=num_graphs)
    rank = torch.arange(len(owner)) - (count.cumsum(0) - count)[owner]
    sorted_values = value.new_full((num_graphs, k + 1), torch.inf)
    kept = rank <= k
    sorted_values[owner[kept], rank[kept]] = value[kept]
    eigenvalues, beyond = sorted_values[:, :k], sorted_values[:, k:]
    missing = eigenvalues.isinf()
    if whole:
        missing |= (beyond - eigenvalues).abs() < _SAME
    column = torch.full((len(members.size) * width,), k)
    column[order] = rank.clamp(max=k)
    vectors = parts.vectors.new_zeros(len(graph), k + 1)
    vectors.scatter_(1, column.view(-1, width)[members.graph], parts.vectors)
    return Spectrum(
        eigenvalues.masked_fill(missing, PADDING),
        vectors[:, :k].masked_fill(missing[graph], 0.0),
    )

"""Eigenpairs of the Laplacians of connected graphs: small ones at once, large alone."""

from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from graphattn.structure.alone import Numbers
from graphattn.structure.checks import need
from graphattn.structure.groups import Entries, Members, Stack, stacks

# The largest component whose Laplacian is decomposed as a dense matrix.
_DENSE = 320
# Of eigenpairs, and of looking whether one was overlooked; relative to the spectrum.
_TOLERANCE, _LOOK = 1e-9, 1e-4
_SAME = 1e-6
_CALLER = "structure.laplacian_eigenvectors"


class Parts(NamedTuple):
    """The smallest eigenpairs of each connected component, 0 first.

    Attributes:
        values: float64 `[num_components, k]`, ascending; infinite where there are none.
        vectors: float64 `[num_nodes, k]`, those of the component of each node.
    """

    values: Tensor
    vectors: Tensor


class Laplacian(NamedTuple):
    """Laplacians of all components: a diagonal, less the weights of the edges.

    Attributes:
        diagonal: `[num_nodes]`.
        entries: The edges, in both directions, and no loops.
        root: `[num_nodes]`, roots of the degrees, 1 for isolated nodes; None without
            normalization.
    """

    diagonal: Tensor
    entries: Entries
    root: Tensor | None

    @classmethod
    def of(cls, entries: Entries, num_nodes: int, normalized: bool) -> "Laplacian":
        """Builds the Laplacian, symmetrically normalized or not."""
        degree = entries.weight.new_zeros(num_nodes)
        degree.index_add_(0, entries.target, entries.weight)
        if not normalized:
            return cls(degree, entries, None)
        root = degree.where(degree > 0, 1.0).sqrt()
        ends = root[entries.source] * root[entries.target]
        entries = entries._replace(weight=entries.weight / ends)
        return cls((degree > 0).double(), entries, root)


def decompose(
    entries: Entries, members: Members, k: int, normalization: str | None
) -> Parts:
    """Returns the `k` smallest eigenpairs of the Laplacian of each component.

    Args:
        entries: Both directions of each edge, with equal weights, and no loops.
        members: The nodes of each component.
        k: How many pairs, at least 1.
        normalization: "sym", "rw" or None.
    """
    num_nodes = len(members.graph)
    laplacian = Laplacian.of(entries, num_nodes, normalization is not None)
    values = torch.full((len(members.size), k), torch.inf, dtype=torch.float64)
    vectors = torch.zeros(num_nodes, k, dtype=torch.float64)
    is_dense = members.size <= max(_DENSE, 4 * k)
    for stack in stacks(laplacian.entries, members, members.size * is_dense):
        found, basis = _dense(stack, laplacian.diagonal[stack.nodes], k)
        component = members.graph[stack.nodes[:, 0]]
        values[component, : found.shape[1]] = found
        vectors[stack.nodes, : found.shape[1]] = basis
    for component in (~is_dense).nonzero().flatten().tolist():
        nodes = members.order[members.start[component] :][: members.size[component]]
        values[component], vectors[nodes] = _sparse(laplacian, members, nodes, k)
    if normalization == "rw" and laplacian.root is not None:
        vectors = _unit(vectors / laplacian.root[:, None], members)
    values[:, 0] = 0.0
    return Parts(values.clamp_(min=0.0), _signed(vectors, members))


def _dense(stack: Stack, diagonal: Tensor, k: int) -> tuple[Tensor, Tensor]:
    values, vectors = torch.linalg.eigh(torch.diag_embed(diagonal) - stack.matrix)
    return values[:, :k], vectors[:, :, :k]


def _sparse(
    laplacian: Laplacian, members: Members, nodes: Tensor, k: int
) -> tuple[Tensor, Tensor]:
    """Solves one large component by implicitly restarted Lanczos iterations.

    It finds ends of a spectrum quickly where eigenvalues are well apart, and of the
    normalized matrix the weights alone have the wanted end at the top.
    """
    sparse = need("scipy.sparse", _CALLER)
    size = len(nodes)
    own = laplacian.entries.only(
        members.graph[laplacian.entries.target] == members.graph[nodes[0]]
    )
    ends = (members.place[own.target].numpy(), members.place[own.source].numpy())
    matrix = sparse.csr_matrix((own.weight.numpy(), ends), shape=(size, size))
    if laplacian.root is None:
        matrix = matrix - sparse.diags(laplacian.diagonal[nodes].numpy())
    shift = 0.0 if laplacian.root is None else 1.0
    bound = 2 * float(laplacian.diagonal[nodes].max())
    values, vectors = _top(matrix, k, bound)
    return torch.from_numpy(shift - values), torch.from_numpy(vectors)


def _top(matrix: Any, k: int, bound: float) -> tuple[Numbers, Numbers]:
    """Returns the `k` largest eigenvalues, descending, and their eigenvectors.

    From one start the iterations see one vector of a repeated eigenvalue, and others
    only by rounding. So what was found is moved to the bottom, and another start is
    drawn, until nothing else is left at the top.

    Args:
        matrix: Symmetric.
        k: How many.
        bound: No two eigenvalues are farther apart.
    """
    linalg = need("scipy.sparse.linalg", _CALLER)
    size = matrix.shape[0]
    draw = np.random.default_rng(0).standard_normal
    terms: dict[str, Any] = {"which": "LA", "ncv": max(2 * k + 1, 24)}
    values, vectors = linalg.eigsh(matrix, k, v0=draw(size), tol=_TOLERANCE, **terms)
    while True:
        found = vectors

        def rest(x: Numbers, found: Numbers = found) -> Numbers:
            return matrix @ x - 2 * bound * (found @ (found.T @ x))

        moved = linalg.LinearOperator(matrix.shape, matvec=rest, dtype=np.float64)
        look, vector = linalg.eigsh(moved, 1, v0=draw(size), tol=_LOOK, **terms)
        if look[0] <= np.partition(values, -k)[-k] + _SAME * bound:
            order = np.argsort(-values)[:k]
            return values[order], vectors[:, order]
        value, vector = linalg.eigsh(moved, 1, v0=vector[:, 0], tol=_TOLERANCE, **terms)
        values = np.concatenate([values, value])
        vectors = np.concatenate([vectors, vector], axis=1)


def _unit(vectors: Tensor, members: Members) -> Tensor:
    squares = vectors.new_zeros(len(members.size), vectors.shape[1])
    squares.index_add_(0, members.graph, vectors.square())
    return vectors / squares.where(squares > 0, 1.0).sqrt()[members.graph]


def _signed(vectors: Tensor, members: Members) -> Tensor:
    """Turns each vector so that the sum of its cubes is positive.

    Where that sum vanishes, as for a vector that is odd under a symmetry of the graph,
    no rule could tell the two signs apart without looking at the order of the nodes.
    """
    cubes = vectors.new_zeros(len(members.size), vectors.shape[1])
    cubes.index_add_(0, members.graph, vectors.pow(3))
    sign = torch.where(cubes < 0, -1.0, 1.0).to(vectors.dtype)
    return vectors * sign[members.graph]

"""One small graph: the same results without the bookkeeping that many graphs need.

A transform that runs before a dataset is saved sees its graphs one by one. There, most
of the time would go to calls that sort graphs by size and components by graph.
"""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from graphattn.adjacency import Adjacency

# More nodes are worth the bookkeeping.
SMALL = 64
# A second eigenvalue below this may belong to another component.
_CONNECTED = 1e-8

Numbers = NDArray[np.float64]


def matrix_of(
    edge_index: Tensor | Adjacency, num_nodes: int, batch: Tensor | None
) -> Numbers | None:
    """Returns how many edges lead from each node to each; None where others must care.

    That is where the graph is large, part of a batch, not a plain tensor on the CPU, or
    names a node that does not exist.

    Args:
        edge_index: The graph.
        num_nodes: Number of its nodes.
        batch: The graph of each node.
    """
    if isinstance(edge_index, Adjacency) or type(edge_index) is not Tensor:
        return None
    if batch is not None or not 0 < num_nodes <= SMALL:
        return None
    if edge_index.shape[:-1] != (2,) or edge_index.dtype != torch.int64:
        return None
    if edge_index.device.type != "cpu" or edge_index.layout != torch.strided:
        return None
    edges = edge_index.numpy()
    if edges.size and (edges.min() < 0 or edges.max() >= num_nodes):
        return None
    number = edges[0] * num_nodes + edges[1]
    count = np.bincount(number, minlength=num_nodes**2)
    return count.reshape(num_nodes, num_nodes).astype(np.float64)


def connected_spectrum(
    matrix: Numbers, normalization: str | None
) -> tuple[Numbers, Numbers] | None:
    """Returns all eigenpairs of the Laplacian, ascending; None if it is not connected.

    Args:
        matrix: As `matrix_of` returns it.
        normalization: "sym", "rw" or None.
    """
    matrix = (matrix + matrix.T) / 2
    np.fill_diagonal(matrix, 0.0)
    degree = matrix.sum(1)
    if not degree.all():
        return None
    root = np.sqrt(degree) if normalization else np.ones(len(degree))
    laplacian = -matrix / (root[:, None] * root)
    np.fill_diagonal(laplacian, 1.0 if normalization else degree)
    values, vectors = np.linalg.eigh(laplacian)
    if values[1] < _CONNECTED:
        return None
    values[0] = 0.0
    if normalization == "rw":
        vectors = vectors / root[:, None]
        vectors /= np.sqrt((vectors**2).sum(0))
    return values, vectors * np.where((vectors**3).sum(0) < 0, -1.0, 1.0)


def returns(matrix: Numbers, steps: int) -> Numbers:
    """Returns the diagonals of the transition matrix's powers, `[num_nodes, steps]`.

    Args:
        matrix: As `matrix_of` returns it.
        steps: How many powers.
    """
    degree = matrix.sum(1, keepdims=True)
    matrix = matrix / np.where(degree > 0, degree, 1.0)
    powers = np.empty(((steps + 1) // 2, *matrix.shape))
    powers[0] = matrix
    for step in range(1, len(powers)):
        np.matmul(powers[step - 1], matrix, out=powers[step])
    # A power's diagonal needs two powers of half as many steps, and no product of them.
    back = powers.transpose(0, 2, 1)
    found = np.empty((len(matrix), steps))
    found[:, 0] = matrix.diagonal()
    found[:, 1::2] = np.einsum("tij,tij->it", powers, back)[:, : steps // 2]
    found[:, 2::2] = np.einsum("tij,tij->it", powers[1:], back[:-1])
    return found

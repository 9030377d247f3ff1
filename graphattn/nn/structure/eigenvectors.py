"""Laplacian eigenvectors as node features, whatever sign and basis the solver chose."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from graphattn.adjacency import Adjacency
from graphattn.patterns.graphs import square
from graphattn.patterns.sets import Batch

Vectors = Float[Tensor, "num_nodes k"]
Values = Float[Tensor, "num_graphs k"]


class LaplacianEncoder(nn.Module):
    """A linear map of eigenvectors, whose signs are drawn anew while it trains.

    So the model learns not to rely on signs; in evaluation they stay as they are. Each
    graph's signs are drawn separately where `batch` is given.

    Args:
        k: Number of eigenvectors.
        channels: Width of the output.

    Source:
        Dwivedi et al. 2020, https://arxiv.org/abs/2003.00982.
    """

    def __init__(self, k: int, channels: int) -> None:
        super().__init__()
        self.map = nn.Linear(k, channels)

    def forward(
        self, eigenvectors: Vectors, batch: Batch | None = None
    ) -> Float[Tensor, "num_nodes channels"]:
        """Returns one vector per node.

        Args:
            eigenvectors: As `structure.laplacian_eigenvectors` returns them.
            batch: The graph of each node.
        """
        if self.training:
            graph = _graph_of(eigenvectors, batch)
            num_graphs = int(graph.max()) + 1 if len(graph) else 0
            sign = torch.randint(
                0, 2, (num_graphs, eigenvectors.shape[1]), device=eigenvectors.device
            )
            eigenvectors = eigenvectors * (2 * sign - 1)[graph]
        return self.map(eigenvectors)


class SignInvariantEncoder(nn.Module):
    r"""A network that cannot tell an eigenvector from its negative.

    .. math:: h_i = \rho\big([\phi(v_{ij}, \lambda_j) + \phi(-v_{ij}, \lambda_j)]_j\big)

    Here :math:`\phi` sees one entry and its eigenvalue, and no neighbours.

    Args:
        k: Number of eigenvectors.
        channels: Width of the output.
        hidden: Width of what :math:`\phi` makes of an entry.

    Source:
        Lim et al. 2023, https://arxiv.org/abs/2202.13013 (SignNet).
    """

    def __init__(self, k: int, channels: int, hidden: int = 16) -> None:
        super().__init__()
        self.entry = nn.Sequential(
            nn.Linear(2, hidden), nn.ReLU(), nn.Linear(hidden, hidden), nn.ReLU()
        )
        self.row = nn.Sequential(
            nn.Linear(k * hidden, 2 * channels),
            nn.ReLU(),
            nn.Linear(2 * channels, channels),
        )

    def forward(
        self, eigenvectors: Vectors, eigenvalues: Values, batch: Batch | None = None
    ) -> Float[Tensor, "num_nodes channels"]:
        """Returns one vector per node.

        Args:
            eigenvectors: As `structure.laplacian_eigenvectors` returns them.
            eigenvalues: Likewise; columns of -1 pad, and count for nothing.
            batch: The graph of each node.
        """
        values = eigenvalues[_graph_of(eigenvectors, batch)]
        both = self.entry(torch.stack([eigenvectors, values], dim=2))
        both = both + self.entry(torch.stack([-eigenvectors, values], dim=2))
        return self.row((both * (values >= 0).unsqueeze(2)).flatten(1))


class _SpectralFunctions(nn.Module):
    """Learned functions of an eigenvalue, 0 for those that pad."""

    def __init__(self, functions: int, hidden: int) -> None:
        super().__init__()
        self.net = nn.Sequential(
            nn.Linear(1, hidden), nn.SiLU(), nn.Linear(hidden, functions)
        )

    def forward(self, eigenvalues: Tensor) -> Tensor:
        value = eigenvalues.unsqueeze(2)
        return self.net(value).masked_fill(value < 0, 0.0)


class SpectralEncoder(nn.Module):
    r"""Node features that depend on eigenspaces alone, on no sign and on no basis.

    .. math:: h_i = W \big[\textstyle\sum_j \varphi_m(\lambda_j) \, v_{ij}^2\big]_m

    Equal eigenvalues weigh the same, so that the sum over an eigenspace is that of its
    projector. Compute eigenvectors with ``whole_eigenspaces=True``: of a space that `k`
    cuts, an arbitrary part would be there.

    Args:
        channels: Width of the output.
        functions: Number of learned functions :math:`\varphi`.
        hidden: Width of the network that they are.

    Source:
        Huang et al. 2024, https://arxiv.org/abs/2310.02579 (stable, basis-invariant;
        the diagonal of their encodings).
    """

    def __init__(self, channels: int, functions: int = 16, hidden: int = 32) -> None:
        super().__init__()
        self.functions = _SpectralFunctions(functions, hidden)
        self.map = nn.Linear(functions, channels)

    def forward(
        self, eigenvectors: Vectors, eigenvalues: Values, batch: Batch | None = None
    ) -> Float[Tensor, "num_nodes channels"]:
        """Returns one vector per node.

        Args:
            eigenvectors: As `structure.laplacian_eigenvectors` returns them.
            eigenvalues: Likewise.
            batch: The graph of each node.
        """
        weight = self.functions(eigenvalues)[_graph_of(eigenvectors, batch)]
        return self.map(torch.einsum("nk,nkm->nm", eigenvectors.square(), weight))


class SpectralBias(nn.Module):
    r"""An `edge_bias` for pairs of nodes that depends on eigenspaces alone.

    .. math:: b_{st}^h = \textstyle\sum_j \varphi_h(\lambda_j) \, v_{sj} \, v_{tj}

    As for `SpectralEncoder`, compute eigenvectors with ``whole_eigenspaces=True``.

    Args:
        heads: Number of attention heads.
        hidden: Width of the network that the functions are.

    Source:
        Huang et al. 2024, https://arxiv.org/abs/2310.02579 (their pairwise encodings).
    """

    def __init__(self, heads: int, hidden: int = 32) -> None:
        super().__init__()
        self.functions = _SpectralFunctions(heads, hidden)

    def forward(
        self,
        eigenvectors: Vectors,
        eigenvalues: Values,
        pairs: Tensor | Adjacency,
        batch: Batch | None = None,
    ) -> Float[Tensor, "num_pairs heads"]:
        """Returns one bias per pair and head, in nats.

        Args:
            eigenvectors: As `structure.laplacian_eigenvectors` returns them.
            eigenvalues: Likewise.
            pairs: Who attends to whom, within each graph.
            batch: The graph of each node.
        """
        source, target = square(pairs, len(eigenvectors), "SpectralBias").edge_index
        weight = self.functions(eigenvalues)[_graph_of(eigenvectors, batch)]
        seen = eigenvectors[source]
        # By heads, so that no number per pair, eigenvector and head is kept.
        by_head = (eigenvectors.unsqueeze(2) * weight).unbind(2)
        return torch.stack([(seen * own[target]).sum(1) for own in by_head], dim=1)


def _graph_of(eigenvectors: Tensor, batch: Tensor | None) -> Tensor:
    if batch is not None:
        return batch
    return torch.zeros(len(eigenvectors), dtype=torch.int64, device=eigenvectors.device)

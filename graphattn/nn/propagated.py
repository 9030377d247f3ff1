"""What `GraphAttention` does where somebody looks at its messages: PyG's propagate."""

import torch
from torch import Tensor, nn
from torch_geometric.nn import MessagePassing
from torch_geometric.typing import OptTensor

from graphattn.adjacency import Adjacency
from graphattn.nn.scores import Projected, Score, sum_values, unfold


class Propagated(MessagePassing):
    """Sends values, times their weights, as messages.

    Attributes:
        heads: Number of heads.
        out_channels: Width of the output.
        concat: Whether heads are concatenated; their mean is taken otherwise.
        dropout: Probability that a weight is dropped in training.
        score: What the fused kernels run, and what weights come from.
        normalization: What makes weights of scores.
    """

    heads: int
    out_channels: int
    concat: bool
    dropout: float
    score: Score
    normalization: str

    def _along(
        self,
        x: tuple[Tensor, Tensor],
        given: Projected,
        adjacency: Adjacency,
        edge_mask: Tensor | None,
        fused: bool,
        wanted: bool,
    ) -> tuple[Tensor, Tensor | None]:
        """Returns joined heads, and the weights where they had to be found.

        Args:
            x: Features of sources and of targets.
            given: Sets folded into heads.
            adjacency: Who attends to whom.
            edge_mask: True = may attend.
            fused: Whether nobody looks at messages.
            wanted: Whether the weights are to be returned.
        """
        softmax, weights = self.normalization == "softmax", None
        if wanted or not (fused and softmax):
            weights = self.score.weights(
                given, adjacency, edge_mask, self.normalization
            )
        if weights is not None and not fused:
            return self._propagate(x, given, adjacency, weights), weights
        if weights is None or softmax:
            rows = self.score.attend(given, adjacency, edge_mask, self._dropping())
        else:
            kept = nn.functional.dropout(weights, self._dropping())
            rows = sum_values(given, adjacency, kept)
        return self._join(unfold(rows, x[1].shape[:-2], self.heads)), weights

    def _propagate(
        self,
        x: tuple[Tensor, Tensor],
        given: Projected,
        adjacency: Adjacency,
        weights: Tensor,
    ) -> Tensor:
        """Returns joined heads; `x` is for explainers that ask for `x_i` and `x_j`."""
        edge_term = None
        if given.edge_attr is not None and given.edge_weight is not None:
            edge_term = torch.einsum("ef,fhd->ehd", given.edge_attr, given.edge_weight)
        # propagate_type: (x: tuple, value: Tensor, alpha: Tensor, edge_term: OptTensor)
        rows = self.propagate(
            adjacency.edge_index,
            x=(x[0].movedim(-2, 0), x[1].movedim(-2, 0)),
            value=given.value,
            alpha=nn.functional.dropout(weights, self._dropping()),
            edge_term=edge_term,
            size=(adjacency.num_sources, adjacency.num_targets),
        )
        return rows.unflatten(1, (*x[1].shape[:-2], self.out_channels)).movedim(0, -2)

    def message(self, value_j: Tensor, alpha: Tensor, edge_term: OptTensor) -> Tensor:
        """Returns what each edge carries, `[num_edges, out_channels]`."""
        value = value_j if edge_term is None else value_j + edge_term
        heads = (alpha.unsqueeze(-1) * value).unflatten(1, (-1, self.heads))
        return self._join(heads).flatten(1)

    def _join(self, heads: Tensor) -> Tensor:
        return heads.flatten(-2) if self.concat else heads.mean(-2)

    def _dropping(self) -> float:
        return self.dropout if self.training else 0.0

"""`GraphAttention`: one layer, any adjacency."""

from typing import Any, ClassVar

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch_geometric.nn.dense.linear import Linear
from torch_geometric.nn.inits import glorot, zeros

from graphattn.adjacency import Adjacency, as_adjacency
from graphattn.functional import blockwise_attention, full_attention
from graphattn.functional.checks import EdgeMask
from graphattn.functional.normalization import check_normalization
from graphattn.nn.continued import Continued
from graphattn.nn.inputs import (
    Inputs,
    all_pairs,
    check_inputs,
    check_options,
    check_width,
)
from graphattn.nn.messages import messages_are_watched
from graphattn.nn.placed import (
    Places,
    are_large,
    bias_of_blocks,
    bias_of_edges,
    check_position,
    find_places,
    turned,
    with_memory,
)
from graphattn.nn.position import PairBias, Position
from graphattn.nn.projection import project
from graphattn.nn.propagated import Propagated
from graphattn.nn.pyg_weights import PyGWeights
from graphattn.nn.scores import SCORES, Projected, unfold


class GraphAttention(PyGWeights, Continued, Propagated):
    r"""Multi-head attention along edges; full attention where no edges are given.

    .. math::
        x_i' = W_o \, \Big\Vert_{h} \sum_{j \in N(i)} \alpha_{ij}^{h}
        (W_v^{h} x_j + W_e^{h} e_{ij}), \quad
        \alpha_{ij}^{h} = \mathrm{softmax}_j \, s^{h}(W_q^{h} x_i,
        W_k^{h} x_j + W_e^{h} e_{ij})

    The parameters do not depend on who attends to whom: the same state dict serves
    edges, a window, and full attention. Self-loops are never added; a node without
    incoming edges attends to nothing, and only the biases reach its row.

    The scores are ``"dot"`` (scaled dot product), ``"additive"`` (:math:`w \cdot
    \tanh(q + k)`), ``"gatv2"`` (:math:`w \cdot \mathrm{LeakyReLU}(q + k)`, where keys
    are the values too) and ``"gat"`` (:math:`\mathrm{LeakyReLU}(a \cdot q + b \cdot
    k)`, where keys are the values too, and queries as well unless
    `in_channels` is a pair).

    Fused kernels run unless `explain` is set, a message, aggregate or propagate hook
    is registered, or a subclass has its own `message`, `aggregate` or `update`; then
    the layer goes through `propagate`, with equal results. Explainers mask edges, and
    so pass by full attention where no edges are given.

    A `position` lets scores know where nodes stand, on edges and without, for example
    ``position=RotaryEncoding(head_dim)`` or ``position=RelativeBias(heads)``.

    Args:
        in_channels: Width of the nodes' features; a pair (of sources, of targets)
            where they differ. -1 takes it from the first input.
        out_channels: Width of the output. With `concat`, each head has
            ``out_channels // heads`` channels; without, `out_channels`.
        heads: Number of heads.
        score: ``"dot"``, ``"additive"``, ``"gatv2"`` or ``"gat"``.
        concat: Whether the heads are concatenated; their mean is taken otherwise.
        edge_dim: Width of the edges' features; None where edges have none.
        dropout: Probability that a weight is dropped in training.
        bias: Whether projections have a bias.
        output_projection: Whether the output is projected once more (:math:`W_o`).
        skip: Whether a projection of the target's own row is added to the output.
        negative_slope: Of the leaky ReLU.
        position: How places enter the score; see `graphattn.nn.position`. One module
            may serve several layers, which then share its parameters.
        normalization: What makes weights of scores: ``"softmax"``, or as the simple
            alternative ``"relu"`` or ``"relu_mean"``; see `attention_weights`.

    Raises:
        ValueError: `heads` does not divide `out_channels`, an unknown score, or a
            position that does not fit the layer.

    Source:
        Shi et al. 2021, https://arxiv.org/abs/2009.03509 (``"dot"``); Bahdanau et al.
        2015, https://arxiv.org/abs/1409.0473; Brody et al. 2022,
        https://arxiv.org/abs/2105.14491; Veličković et al. 2018,
        https://arxiv.org/abs/1710.10903.
    """

    # What PyG's containers of several kinds of edges ask before they take a layer.
    add_self_loops: ClassVar[bool] = False

    def __init__(
        self,
        in_channels: int | tuple[int, int],
        out_channels: int,
        heads: int = 1,
        *,
        score: str = "dot",
        concat: bool = True,
        edge_dim: int | None = None,
        dropout: float = 0.0,
        bias: bool = True,
        output_projection: bool = True,
        skip: bool = False,
        negative_slope: float = 0.2,
        position: Position | None = None,
        normalization: str = "softmax",
    ) -> None:
        super().__init__(aggr="add", node_dim=0)
        check_options(out_channels, heads, score, concat, dropout)
        self.in_channels, self.out_channels = in_channels, out_channels
        self.heads, self.concat, self.edge_dim = heads, concat, edge_dim
        self.score_name, self.dropout = score, dropout
        self.head_dim = out_channels // heads if concat else out_channels
        source, target = (
            in_channels if isinstance(in_channels, tuple) else (in_channels,) * 2
        )
        self.score = SCORES[score](heads, self.head_dim, negative_slope)
        check_position(position, score, self.score.is_dot, heads, self.head_dim)
        check_normalization("GraphAttention", normalization)
        self.position, self.normalization = position, normalization
        shared = self.score.shares_query and not isinstance(in_channels, tuple)

        def linear(channels: int, width: int = heads * self.head_dim) -> Linear:
            return Linear(channels, width, bias=bias, weight_initializer="glorot")

        self.key_proj = linear(source)
        self.query_proj = None if shared else linear(target)
        self.value_proj = None if self.score.shares_value else linear(source)
        self.edge_weight = (
            None
            if edge_dim is None
            else nn.Parameter(torch.empty(edge_dim, heads, self.head_dim))
        )
        self.out_proj = (
            nn.Linear(out_channels, out_channels, bias=bias)
            if output_projection
            else None
        )
        self.skip_proj = linear(target, out_channels) if skip else None
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draws all parameters anew."""
        super().reset_parameters()
        modules = (self.key_proj, self.query_proj, self.value_proj, self.score)
        for module in (*modules, self.position):
            if module is not None:
                module.reset_parameters()
        if self.edge_weight is not None:
            glorot(self.edge_weight)
        if self.out_proj is not None:
            glorot(self.out_proj.weight)
            zeros(self.out_proj.bias)
        if self.skip_proj is not None:
            self.skip_proj.reset_parameters()

    def forward(
        self,
        x: Float[Tensor, "*sets num_nodes channels"]
        | tuple[
            Float[Tensor, "*sets num_sources source_channels"],
            Float[Tensor, "*sets num_targets target_channels"],
        ],
        edge_index: Tensor | Adjacency | None = None,
        edge_attr: Float[Tensor, "num_edges edge_dim"] | None = None,
        *,
        edge_mask: EdgeMask | None = None,
        edge_bias: Float[Tensor, "num_edges heads"] | None = None,
        batch: Int[Tensor, " num_nodes"]
        | tuple[Int[Tensor, " num_sources"], Int[Tensor, " num_targets"]]
        | None = None,
        causal: bool = False,
        place: Tensor | tuple[Tensor, Tensor] | None = None,
        memory: Float[Tensor, "*sets _ channels"] | None = None,
        return_attention_weights: bool = False,
    ) -> Tensor | tuple[Tensor, Tensor]:
        """Attends along the edges, or from every node to every node of its set.

        Args:
            x: Features of nodes, or a pair (of sources, of targets). With more than
                two dimensions, the second to last counts the nodes, and those before
                are sets that share the adjacency.
            edge_index: Who attends to whom; see `Adjacency.from_edge_index`. None:
                everyone in the same set.
            edge_attr: Features of the edges, in `edge_index` order.
            edge_mask: True = may attend; for all heads, or per head.
            edge_bias: Added to the logits of edges, in nats.
            batch: The set of each node where `edge_index` is None, or where places
                within sets are wanted; a pair for a pair.
            causal: Whether, where `edge_index` is None, a node attends only to itself
                and those before it.
            place: Where nodes stand, `[num_nodes]`, or `[num_nodes, dims]`; a pair for
                a pair. By default the place within the set.
            memory: Nodes that come before those of `x`, where `edge_index` is None:
                everyone attends to them, they to nobody.
            return_attention_weights: Whether to return the weights as well.

        Returns:
            Rows of targets, `[..., num_targets, out_channels]`; with
            `return_attention_weights` also the weights before dropout,
            `[num_edges, heads]` in `edge_index` order (without an `edge_index`, in
            that of `patterns.full`).

        Raises:
            ValueError: Sizes do not fit, or options exclude each other.
        """
        inputs = Inputs(edge_index, edge_attr, edge_mask, edge_bias, batch, causal)
        check_inputs(self.edge_dim, self.position is not None, inputs, memory, x)
        source, target = x if isinstance(x, tuple) else (with_memory(memory, x), x)
        check_width(self.in_channels, source, target)
        before = 0 if memory is None else memory.shape[-2]
        places = find_places(self.position, source, target, place, batch, before)
        projected = self._project(source, target, edge_attr)
        projected = turned(self.position, projected, places)
        explained = self.explain and edge_index is not None
        fused = not explained and not messages_are_watched(self, GraphAttention)
        if edge_index is None:
            if fused and not return_attention_weights and self._goes_dense(batch):
                rows = self._full(projected, places, batch, causal, before)
                return self._output(self._join(rows), target)
            edge_index = all_pairs(source, target, batch, causal, before)
        adjacency = as_adjacency(
            edge_index, source.shape[-2], target.shape[-2], "GraphAttention"
        )
        edge_bias = bias_of_edges(self.position, places, adjacency, edge_bias)
        given, sets = projected._replace(edge_bias=edge_bias).fold(), target.shape[:-2]
        if edge_mask is not None and edge_mask.dim() == 2 and sets:
            edge_mask = edge_mask.repeat(1, sets.numel())
        wanted, both = return_attention_weights, (source, target)
        rows, weights = self._along(both, given, adjacency, edge_mask, fused, wanted)
        out = self._output(rows, target)
        if weights is None or not wanted:
            return out
        return out, unfold(weights, sets, self.heads)

    def _project(
        self, source: Tensor, target: Tensor, edge_attr: Tensor | None
    ) -> Projected:
        key = self._heads(project(self.key_proj, source))
        if self.query_proj is not None:
            query = self._heads(project(self.query_proj, target))
        else:
            query = (
                key if target is source else self._heads(project(self.key_proj, target))
            )
        value = key
        if self.value_proj is not None:
            value = self._heads(project(self.value_proj, source))
        weight = None if edge_attr is None else self.edge_weight
        return Projected(query, key, value, edge_attr, weight)

    def _heads(self, rows: Tensor) -> Tensor:
        return rows.unflatten(-1, (self.heads, self.head_dim))

    def _goes_dense(self, batch: Tensor | tuple | None) -> bool:
        """Whether attention without edges needs no list of pairs."""
        plain = self.normalization == "softmax"
        plain = plain and not isinstance(self.position, PairBias)
        return self.score.is_dot and (plain or batch is None or are_large(batch))

    def _full(
        self,
        given: Projected,
        places: Places | None,
        batch: Tensor | tuple | None,
        causal: bool,
        before: int,
    ) -> Tensor:
        rows, dropout = (given.query, given.key, given.value), self._dropping()
        options: dict[str, Any] = {"causal": causal, "scale": given.scale}
        bias = bias_of_blocks(self.position, places)
        softmax = self.normalization == "softmax"
        if softmax and bias is None and not (causal and before):
            return full_attention(*rows, batch=batch, dropout=dropout, **options)
        learned = () if self.position is None else self.position.parameters()
        options |= {"bias": bias, "learned": learned, "batch": batch}
        options |= {"memory": before, "normalization": self.normalization}
        return blockwise_attention(*rows, dropout=dropout, **options)

    def _output(self, rows: Tensor, target: Tensor) -> Tensor:
        rows = rows if self.out_proj is None else self.out_proj(rows)
        return rows if self.skip_proj is None else rows + self.skip_proj(target)

    def __repr__(self) -> str:
        """Returns the constructor's first arguments and the score."""
        return (
            f"GraphAttention({self.in_channels}, {self.out_channels}, "
            f"heads={self.heads}, score={self.score_name!r})"
        )

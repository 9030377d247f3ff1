"""The attention weights themselves, for those who want to look at them."""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import leaky_relu
from torch.utils.checkpoint import checkpoint

from graphattn.adjacency import Adjacency
from graphattn.functional.additive import check_additive
from graphattn.functional.checks import (
    EdgeMask,
    Edges,
    autocast,
    check_edge_weights,
    mask_columns,
    prepare,
)
from graphattn.functional.normalization import NORMALIZATIONS, check_normalization
from graphattn.ops.segments import chunks


def attention_weights(
    query: Float[Tensor, "num_targets heads head_dim"],
    key: Float[Tensor, "num_sources heads head_dim"],
    edge_index: Tensor | Adjacency,
    *,
    weight: Float[Tensor, "heads head_dim"] | None = None,
    activation: str = "leaky_relu",
    negative_slope: float = 0.2,
    edge_bias: Float[Tensor, "num_edges heads"] | None = None,
    edge_mask: EdgeMask | None = None,
    scale: float | None = None,
    edge_attr: Float[Tensor, "num_edges edge_dim"] | None = None,
    edge_key_weight: Float[Tensor, "edge_dim heads head_dim"] | None = None,
    normalization: str = "softmax",
) -> Float[Tensor, "num_edges heads"]:
    """Returns how much each target attends along each edge, in `edge_index` order.

    With ``"softmax"`` the weights of a target's unmasked edges sum to 1 for each head;
    with ``"relu"`` a weight is the score itself where that is positive, and 0
    elsewhere; ``"relu_mean"`` divides that by the number of the target's unmasked
    edges, which keeps sums from growing with them. A masked edge has weight 0.
    Differentiable; what is recomputed in the backward pass is not saved, and nothing
    of the size ``num_edges x heads x head_dim`` exists at any time.

    Args:
        query: Rows of targets.
        key: Rows of sources.
        edge_index: Who attends to whom; see `Adjacency.from_edge_index`.
        weight: Given for the additive score, as in `additive_attention`; without it
            the score is the scaled dot product, as in `graph_attention`.
        activation: ``"leaky_relu"`` or ``"tanh"``, of the additive score.
        negative_slope: Of the leaky ReLU.
        edge_bias: Added to the logits, in nats.
        edge_mask: True = may attend; for all heads, or per head.
        scale: Factor on the dot product, dimensionless. Default ``head_dim ** -0.5``.
        edge_attr: Features of edges.
        edge_key_weight: Projects edge features onto keys.
        normalization: ``"softmax"``, ``"relu"`` or ``"relu_mean"``.

    Raises:
        ValueError: Sizes, types or devices do not fit; `edge_index` names no node; the
            normalization is unknown.

    Source:
        Wortsman et al. 2023, https://arxiv.org/abs/2309.08586 (``"relu_mean"``).
    """
    caller = "attention_weights"
    check_normalization(caller, normalization)
    query, key = autocast(query, key)
    weight, edge_bias, edge_attr, edge_key_weight = autocast(
        weight, edge_bias, edge_attr, edge_key_weight
    )
    edges = Edges(edge_bias, edge_mask, edge_attr)
    adjacency = prepare(caller, query, key, key, edge_index, edges, 0.0)
    check_edge_weights(caller, edge_attr, edge_key_weight, None)
    source, target = adjacency.edge_index
    if weight is None:
        scale = query.shape[-1] ** -0.5 if scale is None else scale
        settings = (scale,)
        score = _dot_scores
    else:
        check_additive(caller, query, key, weight, activation)
        settings = (weight, activation, negative_slope)
        score = _additive_scores
    scores = _in_chunks(
        score, query, key, edge_attr, edge_key_weight, source, target, settings
    )
    return normalise(
        scores, target, query.shape[0], edge_bias, edge_mask, normalization
    )


def gat_weights(
    alpha_target: Float[Tensor, "num_targets heads"],
    alpha_source: Float[Tensor, "num_sources heads"],
    edge_index: Tensor | Adjacency,
    *,
    negative_slope: float = 0.2,
    edge_score: Float[Tensor, "num_edges heads"] | None = None,
    edge_bias: Float[Tensor, "num_edges heads"] | None = None,
    edge_mask: EdgeMask | None = None,
    normalization: str = "softmax",
) -> Float[Tensor, "num_edges heads"]:
    """Returns the weights of `gat_attention`, in `edge_index` order.

    Other normalizations than softmax are those of `attention_weights`.
    """
    check_normalization("gat_weights", normalization)
    value = alpha_source.unsqueeze(-1)
    edges = Edges(edge_bias, edge_mask, None, edge_score)
    adjacency = prepare(
        "gat_weights", alpha_target, alpha_source, value, edge_index, edges, 0.0
    )
    source, target = adjacency.edge_index
    logits = alpha_target[target] + alpha_source[source]
    logits = logits if edge_score is None else logits + edge_score
    scores = leaky_relu(logits, negative_slope)
    return normalise(
        scores, target, alpha_target.shape[0], edge_bias, edge_mask, normalization
    )


def normalise(
    scores: Tensor,
    target: Tensor,
    num_targets: int,
    edge_bias: Tensor | None,
    edge_mask: Tensor | None,
    normalization: str,
) -> Tensor:
    """Adds the bias, applies the mask, and normalizes over each target."""
    scores = scores if edge_bias is None else scores + edge_bias
    mask = mask_columns(edge_mask)
    scores = scores if mask is None else scores.masked_fill(~mask, float("-inf"))
    return NORMALIZATIONS[normalization].along(scores, target, num_targets)


def _in_chunks(
    score: Callable[..., Tensor],
    query: Tensor,
    key: Tensor,
    edge_attr: Tensor | None,
    edge_key_weight: Tensor | None,
    source: Tensor,
    target: Tensor,
    settings: tuple[object, ...],
) -> Tensor:
    """Returns scores, a chunk of edges at a time, each computed anew on the way back.

    Traced code sees one chunk, for their number depends on the data.
    """
    width = query.shape[1] * query.shape[2]
    traced = torch.compiler.is_compiling()
    parts = [] if traced else list(chunks(len(source), width))
    found = [
        checkpoint(
            score,
            query,
            key,
            None if edge_attr is None else edge_attr[part],
            edge_key_weight,
            source[part],
            target[part],
            *settings,
            use_reentrant=False,
            preserve_rng_state=False,
        )
        for part in parts or [slice(None)]
    ]
    return torch.cat(found) if len(found) != 1 else found[0]


def _edge_keys(
    key: Tensor,
    edge_attr: Tensor | None,
    edge_key_weight: Tensor | None,
    source: Tensor,
) -> Tensor:
    picked = key.index_select(0, source)
    if edge_attr is None or edge_key_weight is None:
        return picked
    return picked + torch.einsum("ef,fhc->ehc", edge_attr, edge_key_weight)


def _dot_scores(
    query: Tensor,
    key: Tensor,
    edge_attr: Tensor | None,
    edge_key_weight: Tensor | None,
    source: Tensor,
    target: Tensor,
    scale: float,
) -> Tensor:
    picked = _edge_keys(key, edge_attr, edge_key_weight, source)
    return (query.index_select(0, target) * picked).sum(-1) * scale


def _additive_scores(
    query: Tensor,
    key: Tensor,
    edge_attr: Tensor | None,
    edge_key_weight: Tensor | None,
    source: Tensor,
    target: Tensor,
    weight: Tensor,
    activation: str,
    negative_slope: float,
) -> Tensor:
    total = query.index_select(0, target)
    total = total + _edge_keys(key, edge_attr, edge_key_weight, source)
    if activation == "tanh":
        return (total.tanh() * weight).sum(-1)
    return (leaky_relu(total, negative_slope) * weight).sum(-1)

"""What makes a `GraphAttention` out of one of PyG's attention layers."""

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch_geometric import nn as pyg

from graphattn._errors import require

_CALLER = "GraphAttention.from_pyg"


class Equivalent(NamedTuple):
    """What makes another layer that gives the same results.

    Attributes:
        options: Of its constructor, without those that both layers share.
        weights: Its state dict.
    """

    options: dict[str, Any]
    weights: dict[str, Tensor]


def read_pyg(layer: Any) -> Equivalent:
    """Returns the options and weights of the `GraphAttention` that equals `layer`.

    Raises:
        ValueError: There is none; see `GraphAttention.from_pyg`.
    """
    kind = getattr(type(layer), "stock", type(layer))
    require(
        kind in _READERS,
        _CALLER,
        "takes PyG's GATConv, GATv2Conv and TransformerConv",
        {"layer": layer},
    )
    _check_representable(layer)
    return _READERS[kind](layer)


def loaded(made: Any, weights: dict[str, Tensor], like: nn.Module) -> Any:
    """Returns the layer with the weights, and the type, device and mode of `like`."""
    made.to(next(like.parameters()))
    made.load_state_dict(weights)
    return made.train(like.training)


def widths(layer: Any, source: Any, target: Any) -> int | tuple[int, int]:
    """Returns `in_channels`, read from the projections where it was found lazily."""
    if isinstance(layer.in_channels, int):
        return source.in_channels
    return source.in_channels, target.in_channels


def linear_state(name: str, linear: Any, bias: bool) -> dict[str, Tensor]:
    """Returns a projection's state; a bias of zeros where one is wanted and missing."""
    state = {f"{name}.weight": linear.weight.detach()}
    if bias and linear.bias is None:
        state[f"{name}.bias"] = state[f"{name}.weight"].new_zeros(linear.out_channels)
    elif bias:
        state[f"{name}.bias"] = linear.bias.detach()
    return state


def _check_representable(layer: Any) -> None:
    """Checks for what no score of `GraphAttention` has."""
    lazy = any(nn.parameter.is_lazy(weight) for weight in layer.parameters())
    gated = getattr(layer, "lin_beta", None) is not None
    edges = layer.edge_dim is not None and not isinstance(layer, pyg.TransformerConv)
    for refused, rule in (
        (lazy, "its sizes are still to be found: run it once on data"),
        (gated, "GraphAttention has no beta gate"),
        (edges, "GraphAttention adds edge features to values too, PyG only scores"),
        (layer.aggr not in ("add", "sum"), "GraphAttention sums what nodes receive"),
        (layer.flow != "source_to_target", "GraphAttention goes source_to_target"),
    ):
        require(
            not refused,
            _CALLER,
            f"{rule}; graphattn.accelerate makes the layer fast as it is",
            {
                "layer": layer,
                "edge_dim": layer.edge_dim,
                "beta": gated,
                "aggr": layer.aggr,
                "flow": layer.flow,
            },
        )


def _around(layer: Any) -> Equivalent:
    """Returns what GAT and GATv2 do after attention: residual, then bias."""
    bias = layer.bias is not None
    options = {
        "bias": bias,
        "output_projection": bias,
        "skip": layer.res is not None,
        "negative_slope": layer.negative_slope,
    }
    weights = {}
    if bias:
        # PyG adds a bias to joined heads, which an output projection by the identity
        # does as well.
        width = len(layer.bias)
        weights["out_proj.weight"] = torch.eye(width).to(layer.bias)
        weights["out_proj.bias"] = layer.bias.detach()
    if layer.res is not None:
        weights |= linear_state("skip_proj", layer.res, bias)
    return Equivalent(options, weights)


def _read_gat(layer: Any) -> Equivalent:
    options, weights = _around(layer)
    source = layer.lin_src if layer.lin is None else layer.lin
    weights |= linear_state("key_proj", source, options["bias"])
    if layer.lin is None:
        weights |= linear_state("query_proj", layer.lin_dst, options["bias"])
    weights["score.source_weight"] = layer.att_src.detach()[0]
    weights["score.target_weight"] = layer.att_dst.detach()[0]
    sizes = widths(layer, source, layer.lin_dst)
    return Equivalent({"in_channels": sizes, "score": "gat", **options}, weights)


def _read_gatv2(layer: Any) -> Equivalent:
    options, weights = _around(layer)
    weights |= linear_state("key_proj", layer.lin_l, options["bias"])
    weights |= linear_state("query_proj", layer.lin_r, options["bias"])
    weights["score.weight"] = layer.att.detach()[0]
    sizes = widths(layer, layer.lin_l, layer.lin_r)
    return Equivalent({"in_channels": sizes, "score": "gatv2", **options}, weights)


def _read_transformer(layer: Any) -> Equivalent:
    bias = layer.lin_key.bias is not None
    weights = {}
    for name in ("key", "query", "value"):
        weights |= linear_state(f"{name}_proj", getattr(layer, f"lin_{name}"), bias)
    if layer.root_weight:
        weights |= linear_state("skip_proj", layer.lin_skip, bias)
    if layer.lin_edge is not None:
        rows = layer.lin_edge.weight.detach().T
        weights["edge_weight"] = rows.unflatten(1, (layer.heads, layer.out_channels))
    options = {
        "in_channels": widths(layer, layer.lin_key, layer.lin_query),
        "score": "dot",
        "bias": bias,
        "output_projection": False,
        "skip": layer.root_weight,
        "edge_dim": None if layer.lin_edge is None else layer.lin_edge.in_channels,
    }
    return Equivalent(options, weights)


_READERS: dict[type, Callable[[Any], Equivalent]] = {
    pyg.GATConv: _read_gat,
    pyg.GATv2Conv: _read_gatv2,
    pyg.TransformerConv: _read_transformer,
}

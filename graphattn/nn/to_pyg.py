"""What makes one of PyG's attention layers out of a `GraphAttention`."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch_geometric import nn as pyg

from graphattn._errors import require
from graphattn.nn.from_pyg import Equivalent, linear_state, widths

_CALLER = "GraphAttention.to_pyg"


def write_pyg(layer: Any) -> tuple[type[pyg.MessagePassing], Equivalent]:
    """Returns the class, options and weights of PyG's layer that equals `layer`.

    Raises:
        ValueError: There is none; see `GraphAttention.to_pyg`.
    """
    require(
        layer.score_name in _WRITERS,
        _CALLER,
        f"PyG has layers for the scores {', '.join(_WRITERS)}",
        {"score": layer.score_name},
    )
    require(
        layer.position is None,
        _CALLER,
        "PyG's layers know no places; make the layer without a position",
        {"position": layer.position},
    )
    require(
        layer.normalization == "softmax",
        _CALLER,
        "PyG's layers normalize by softmax",
        {"normalization": layer.normalization},
    )
    kind, write = _WRITERS[layer.score_name]
    return kind, write(layer)


def _write_transformer(layer: Any) -> Equivalent:
    require(
        layer.out_proj is None,
        _CALLER,
        "TransformerConv does not project its output; make the layer with "
        "output_projection=False",
        {"layer": layer},
    )
    bias, skip = layer.key_proj.bias is not None, layer.skip_proj
    weights = {}
    for name in ("key", "query", "value"):
        weights |= linear_state(f"lin_{name}", getattr(layer, f"{name}_proj"), bias)
    # PyG has these weights even where it does not use them.
    weights |= linear_state("lin_skip", skip or _unused(layer), bias)
    if layer.edge_weight is not None:
        weights["lin_edge.weight"] = layer.edge_weight.detach().flatten(1).T
    options = {
        "in_channels": widths(layer, layer.key_proj, layer.query_proj),
        "edge_dim": layer.edge_dim,
        "bias": bias,
        "root_weight": skip is not None,
    }
    return Equivalent(options, weights)


def _unused(layer: Any) -> pyg.Linear:
    made = pyg.Linear(layer.query_proj.in_channels, layer.out_channels)
    return made.to(layer.query_proj.weight)


def _around(layer: Any) -> Equivalent:
    """Returns the residual and the bias of GAT and GATv2."""
    projection, skip = layer.out_proj, layer.skip_proj
    width = layer.out_channels
    identity = torch.eye(width).to(layer.key_proj.weight)
    require(
        layer.edge_weight is None,
        _CALLER,
        "PyG's layer would only score edge features, GraphAttention adds them to "
        "values too",
        {"layer": layer, "edge_dim": layer.edge_dim},
    )
    require(
        projection is None or torch.equal(projection.weight, identity),
        _CALLER,
        "PyG's layer does not project its output; make the layer with "
        "output_projection=False",
        {"layer": layer},
    )
    options = {
        "bias": layer.key_proj.bias is not None,
        "residual": skip is not None,
        "add_self_loops": False,
        "negative_slope": layer.score.negative_slope,
    }
    weights: dict[str, Tensor] = {}
    if options["bias"]:
        biases = [part.bias for part in (projection, skip) if part is not None]
        total = torch.stack([identity.new_zeros(width), *biases]).sum(0)
        weights["bias"] = total.detach()
    if skip is not None:
        weights["res.weight"] = skip.weight.detach()
    return Equivalent(options, weights)


def _write_gat(layer: Any) -> Equivalent:
    options, weights = _around(layer)
    parts = [part for part in (layer.key_proj, layer.query_proj) if part is not None]
    require(
        not any(part.bias is not None and bool(part.bias.any()) for part in parts),
        _CALLER,
        "GATConv's projections have no bias; this layer's must be zero",
        {"layer": layer},
    )
    names = ["lin"] if layer.query_proj is None else ["lin_src", "lin_dst"]
    for name, part in zip(names, parts, strict=True):
        weights |= linear_state(name, part, False)
    weights["att_src"] = layer.score.source_weight.detach()[None]
    weights["att_dst"] = layer.score.target_weight.detach()[None]
    sizes = widths(layer, layer.key_proj, layer.query_proj)
    return Equivalent({"in_channels": sizes, **options}, weights)


def _write_gatv2(layer: Any) -> Equivalent:
    options, weights = _around(layer)
    weights |= linear_state("lin_l", layer.key_proj, options["bias"])
    weights |= linear_state("lin_r", layer.query_proj, options["bias"])
    weights["att"] = layer.score.weight.detach()[None]
    sizes = widths(layer, layer.key_proj, layer.query_proj)
    return Equivalent({"in_channels": sizes, **options}, weights)


_WRITERS: dict[str, tuple[type[pyg.MessagePassing], Callable[[Any], Equivalent]]] = {
    "dot": (pyg.TransformerConv, _write_transformer),
    "gat": (pyg.GATConv, _write_gat),
    "gatv2": (pyg.GATv2Conv, _write_gatv2),
}

"""One call of each public score with all its options, and the reference's answer."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import torch
from graphs import Graph, leaf
from torch import Tensor

from graphattn import additive_attention, gat_attention, graph_attention
from graphattn.ops.additive import reference as additive_reference
from graphattn.ops.dot import reference as dot_reference
from graphattn.ops.gat import reference as gat_reference

EDGE_DIM = 2


class Score(NamedTuple):
    """A public function, its reference, and how many node tensors are scored."""

    attend: Callable[..., Tensor]
    reference: Callable[..., tuple[Tensor, Tensor]]
    takes_weight: bool
    is_gat: bool


SCORES = {
    "dot": Score(graph_attention, dot_reference.graph_attention, False, False),
    "leaky_relu": Score(
        additive_attention, additive_reference.additive_attention, True, False
    ),
    "tanh": Score(
        partial(additive_attention, activation="tanh"),
        partial(additive_reference.additive_attention, activation="tanh"),
        True,
        False,
    ),
    "gat": Score(gat_attention, gat_reference.gat_attention, False, True),
}


def node_tensors(
    score: Score,
    graph: Graph,
    heads: int = 3,
    width: int = 5,
    value_width: int = 7,
    dtype: torch.dtype = torch.float64,
) -> list[Tensor]:
    """Returns the positional tensors of `score`, all requiring gradients."""
    inner = () if score.is_gat else (width,)
    tensors = [
        leaf(graph.num_targets, heads, *inner, dtype=dtype),
        leaf(graph.num_sources, heads, *inner, dtype=dtype),
        leaf(graph.num_sources, heads, value_width, dtype=dtype),
    ]
    return (
        [*tensors, leaf(heads, width, dtype=dtype)] if score.takes_weight else tensors
    )


def edge_tensors(
    score: Score,
    graph: Graph,
    heads: int = 3,
    width: int = 5,
    value_width: int = 7,
    dtype: torch.dtype = torch.float64,
) -> dict[str, Tensor]:
    """Returns every edge option of `score` at once, those with gradients first."""
    num_edges = graph.edge_index.shape[1]
    options = {
        "edge_bias": leaf(num_edges, heads, dtype=dtype),
        "edge_attr": leaf(num_edges, EDGE_DIM, dtype=dtype),
        "edge_value_weight": leaf(EDGE_DIM, heads, value_width, dtype=dtype),
    }
    if score.is_gat:
        options["edge_score"] = leaf(num_edges, heads, dtype=dtype)
    else:
        options["edge_key_weight"] = leaf(EDGE_DIM, heads, width, dtype=dtype)
    options["edge_mask"] = torch.rand(num_edges, heads) > 0.3
    return options


def gradients(out: Tensor, inputs: list[Tensor], upstream: Tensor) -> list[Tensor]:
    """Returns the gradients of `inputs`, zeros where one has no part in `out`."""
    if not out.requires_grad:
        return [torch.zeros_like(tensor) for tensor in inputs]
    return list(torch.autograd.grad(out, inputs, upstream, materialize_grads=True))

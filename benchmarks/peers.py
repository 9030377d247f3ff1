"""The operations of PyG's attention layers alone, without their projections."""

from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor
from torch_geometric.nn import GATConv, GATv2Conv, TransformerConv

import graphattn
from graphattn import Adjacency


class Work(NamedTuple):
    """One operation, ours and PyG's, on the same leaves."""

    leaves: list[Tensor]
    ours: Callable[[Tensor | Adjacency], Tensor]
    pyg: Callable[[Tensor], Tensor]


def _leaf(*shape: int) -> Tensor:
    return torch.randn(*shape).requires_grad_()


def dot(num_nodes: int, heads: int, channels: int) -> Work:
    conv = TransformerConv(1, channels, heads)
    query, key, value = (_leaf(num_nodes, heads, channels) for _ in range(3))

    def pyg(edges: Tensor) -> Tensor:
        return conv.propagate(
            edges, query=query, key=key, value=value, edge_attr=None, size=None
        )

    return Work(
        [query, key, value],
        lambda edges: graphattn.graph_attention(query, key, value, edges),
        pyg,
    )


def gatv2(num_nodes: int, heads: int, channels: int) -> Work:
    conv = GATv2Conv(1, channels, heads, add_self_loops=False)
    source, target = (_leaf(num_nodes, heads, channels) for _ in range(2))
    weight = conv.att

    def pyg(edges: Tensor) -> Tensor:
        alpha = conv.edge_updater(edges, x=(source, target), edge_attr=None, size=None)
        return conv.propagate(edges, x=(source, target), alpha=alpha, size=None)

    return Work(
        [target, source, weight],
        lambda edges: graphattn.additive_attention(
            target, source, source, weight[0], edges
        ),
        pyg,
    )


def gat(num_nodes: int, heads: int, channels: int) -> Work:
    conv = GATConv(1, channels, heads, add_self_loops=False)
    alpha_target, alpha_source = _leaf(num_nodes, heads), _leaf(num_nodes, heads)
    value = _leaf(num_nodes, heads, channels)

    def pyg(edges: Tensor) -> Tensor:
        both = (alpha_source, alpha_target)
        alpha = conv.edge_updater(edges, alpha=both, edge_attr=None, size=None)
        return conv.propagate(edges, x=(value, value), alpha=alpha, size=None)

    return Work(
        [alpha_target, alpha_source, value],
        lambda edges: graphattn.gat_attention(alpha_target, alpha_source, value, edges),
        pyg,
    )


WORKS = {"dot": dot, "gatv2": gatv2, "gat": gat}

"""Edges that are nearly all pairs, by PyTorch's kernel with a mask of all pairs."""

import torch
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

from graphattn._errors import require
from graphattn.adjacency import Adjacency, remember
from graphattn.functional.checks import Edges

_DENSE = 0.6
"""Share of all pairs from which PyTorch's kernel is faster; see docs/kernels.md."""
_FEW = 128 * 128
"""Pairs below which it is not worth a mask."""


def attends_densely(
    wanted: bool | None, adjacency: Adjacency, edges: Edges, dropout: float
) -> bool:
    """Returns whether PyTorch's kernel runs, which knows all pairs and a mask.

    Args:
        wanted: Whether it must; None if it may, where it is the faster way, which was
            measured on CPU.
        adjacency: Who attends to whom.
        edges: What else there is for each edge.
        dropout: Of the weights.

    Raises:
        ValueError: It must, and cannot.
    """
    if wanted is False or (wanted is None and not _is_dense(adjacency)):
        return False
    possible = not dropout and all(tensor is None for tensor in edges)
    possible = possible and _mask(adjacency) is not None
    require(
        possible or wanted is None,
        "graph_attention",
        "dense=True allows no duplicate edge, edge bias, mask, features or dropout",
        {"adjacency": adjacency, **edges._asdict(), "dropout": dropout},
    )
    return possible


def attend_densely(
    query: Tensor, key: Tensor, value: Tensor, adjacency: Adjacency, scale: float
) -> Tensor:
    """Attends by PyTorch's kernel; a target without an edge receives zeros."""
    query, key, value = (tensor.transpose(0, 1)[None] for tensor in (query, key, value))
    mask = _mask(adjacency)
    out = scaled_dot_product_attention(query, key, value, attn_mask=mask, scale=scale)
    return out[0].transpose(0, 1)


def _is_dense(adjacency: Adjacency) -> bool:
    if torch.compiler.is_compiling() or adjacency.device.type != "cpu":
        return False
    pairs = adjacency.num_sources * adjacency.num_targets
    return pairs >= _FEW and adjacency.num_edges >= _DENSE * pairs


def _mask(adjacency: Adjacency) -> Tensor | None:
    """Returns which pairs are edges, or None where one occurs twice; made once."""
    return remember(adjacency, ("dense",), lambda: _make_mask(adjacency))


def _make_mask(adjacency: Adjacency) -> Tensor | None:
    size = (adjacency.num_targets, adjacency.num_sources)
    mask = torch.zeros(size, dtype=torch.bool, device=adjacency.device)
    source, target = adjacency.edge_index
    mask[target, source] = True
    return mask if int(mask.sum()) == adjacency.num_edges else None

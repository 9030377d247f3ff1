"""What every public operation checks and prepares at the boundary."""

from typing import NamedTuple, TypeVar

import torch
from jaxtyping import Bool
from torch import Tensor

from graphattn._errors import require
from graphattn.adjacency import Adjacency, as_adjacency

EdgeMask = Bool[Tensor, " num_edges"] | Bool[Tensor, "num_edges heads"]
_Optional = TypeVar("_Optional", Tensor, Tensor | None)


class Edges(NamedTuple):
    """Tensors with one row per edge, in `edge_index` order."""

    edge_bias: Tensor | None
    edge_mask: Tensor | None
    edge_attr: Tensor | None
    edge_score: Tensor | None = None


def prepare(
    caller: str,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    edge_index: Tensor | Adjacency,
    edges: Edges,
    dropout: float,
) -> Adjacency:
    """Checks node and edge tensors against each other; returns the adjacency."""
    nodes = {"query": query, "key": key, "value": value}
    require(
        query.dim() == key.dim() and value.dim() == 3 and query.dim() in (2, 3),
        caller,
        "node tensors must have the shape [num_nodes, heads, channels]",
        nodes,
    )
    require(
        query.shape[1] == key.shape[1] == value.shape[1]
        and key.shape[0] == value.shape[0],
        caller,
        "query, key and value must have the same number of heads, and key and value "
        "one row per source",
        nodes,
    )
    check_same(caller, nodes)
    require(
        0.0 <= dropout <= 1.0,
        caller,
        "dropout is a probability, from 0 to 1",
        {"dropout": dropout},
    )
    adjacency = as_adjacency(edge_index, key.shape[0], query.shape[0], caller)
    _check_edges(caller, adjacency, edges, value)
    return adjacency


def check_same(caller: str, tensors: dict[str, Tensor]) -> None:
    """Checks that tensors share one floating type and one device."""
    first = next(iter(tensors.values()))
    require(
        all(
            t.dtype == first.dtype and t.device == first.device
            for t in tensors.values()
        )
        and first.is_floating_point(),
        caller,
        f"{', '.join(tensors)} must share one floating type and one device",
        tensors,
    )


def check_full(
    caller: str, query: Tensor, key: Tensor, value: Tensor, dropout: float
) -> None:
    """Checks the rows of attention without edges."""
    given = {"query": query, "key": key, "value": value}
    require(
        query.dim() == key.dim() == value.dim() >= 3
        and query.shape[-2] == key.shape[-2] == value.shape[-2]
        and query.shape[-1] == key.shape[-1]
        and key.shape[:-1] == value.shape[:-1]
        and query.shape[:-3] == key.shape[:-3],
        caller,
        "query, key and value must have the shape [..., num_nodes, heads, channels] "
        "with equal heads, equal widths of query and key, and one value per key",
        given,
    )
    check_same(caller, given)
    require(
        0.0 <= dropout <= 1.0,
        caller,
        "dropout is a probability, from 0 to 1",
        {"dropout": dropout},
    )


def _check_edges(
    caller: str, adjacency: Adjacency, edges: Edges, value: Tensor
) -> None:
    require(
        adjacency.device == value.device,
        caller,
        "edge_index must lie on the device of the node tensors",
        {"edge_index": adjacency.device, "value": value},
    )
    heads = value.shape[1]
    for name, tensor in edges._asdict().items():
        if tensor is None:
            continue
        shared = name == "edge_mask" and tensor.dim() == 1
        require(
            tensor.shape[0] == adjacency.num_edges
            and (shared or tensor.dim() == 2)
            and (shared or name == "edge_attr" or tensor.shape[1] == heads),
            caller,
            f"{name} must have one row per edge"
            + (" and one column per head" if name != "edge_attr" else ""),
            {name: tensor, "num_edges": adjacency.num_edges, "heads": heads},
        )
        wanted = torch.bool if name == "edge_mask" else value.dtype
        require(
            tensor.dtype == wanted and tensor.device == value.device,
            caller,
            f"{name} must have the type {str(wanted).removeprefix('torch.')} and lie "
            "on the device of the node tensors",
            {name: tensor, "value": value},
        )


def check_edge_weights(
    caller: str,
    edge_attr: Tensor | None,
    edge_key_weight: Tensor | None,
    edge_value_weight: Tensor | None,
) -> None:
    """Checks that projections of edge features come with edge features that fit."""
    for name, weight in (
        ("edge_key_weight", edge_key_weight),
        ("edge_value_weight", edge_value_weight),
    ):
        require(
            weight is None
            or (edge_attr is not None and weight.shape[0] == edge_attr.shape[1]),
            caller,
            f"{name} must have one row per column of edge_attr",
            {name: weight, "edge_attr": edge_attr},
        )


def autocast(*tensors: _Optional) -> tuple[_Optional, ...]:
    """Casts to the autocast type where autocast is on, as matrix products do."""
    given = [tensor for tensor in tensors if tensor is not None]
    device = given[0].device.type if given else "cpu"
    if not torch.is_autocast_enabled(device):
        return tensors
    dtype = torch.get_autocast_dtype(device)
    return tuple(
        t if t is None or t.dtype == torch.float64 else t.to(dtype) for t in tensors
    )


def mask_columns(edge_mask: Tensor | None) -> Tensor | None:
    """Returns the mask as `[num_edges, 1]` or `[num_edges, heads]`."""
    if edge_mask is not None and edge_mask.dim() == 1:
        return edge_mask.unsqueeze(1)
    return edge_mask


def seed_for(dropout: float, device: torch.device) -> Tensor | None:
    """Draws a seed from PyTorch's generator; None where nothing is dropped."""
    if dropout == 0.0:
        return None
    return torch.randint(2**62, (1,), dtype=torch.int64, device=device)


def add_edge_values(
    out: Tensor, edge_out: Tensor, edge_value_weight: Tensor | None
) -> Tensor:
    """Adds the projected sums of edge features to the sums of values."""
    if edge_value_weight is None:
        return out
    return out + torch.einsum("nhf,fhd->nhd", edge_out, edge_value_weight)

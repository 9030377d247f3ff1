"""When PyG's layers may be fused, and what they check before."""

from functools import cache
from typing import Any, ClassVar

import torch
from torch import Tensor
from torch_geometric.nn import MessagePassing
from torch_geometric.nn.dense.linear import Linear

from graphattn._errors import require
from graphattn.adjacency import Adjacency

_STEPS = ("message", "edge_update", "aggregate", "update")
_HOOKS = tuple(
    f"_{step}_forward_{when}hooks"
    for step in ("propagate", "message", "aggregate", "edge_update")
    for when in ("pre_", "")
)


class Fused(MessagePassing):
    """What the twins of PyG's layers share; stands before PyG's class.

    Attributes:
        stock: PyG's class, whose `forward` runs wherever fusing is not allowed.
    """

    stock: ClassVar[Any]
    heads: int
    out_channels: int
    concat: bool
    dropout: float
    lin_edge: Any

    def _set_decomposed_layers(self, decomposed_layers: int) -> None:
        require(
            decomposed_layers == 1,
            type(self).__name__,
            "decomposed_layers cannot split attention, whose weights need all channels "
            "of a head; leave it at 1 (the fused layer needs no decomposition)",
            {"decomposed_layers": decomposed_layers},
        )
        self._decomposed_layers = 1

    decomposed_layers = property(
        lambda self: self._decomposed_layers, _set_decomposed_layers
    )

    def why_not_fused(self) -> str | None:
        """Returns what about the layer makes it run PyG's way; None where nothing."""
        if self.explain:
            return "explain is set"
        if any(getattr(self, name) for name in _HOOKS):
            return "hooks on messages, aggregation, edges or propagation"
        if torch._C._are_functorch_transforms_active():
            return "a transform of torch.func"
        if self.flow != "source_to_target":
            return f"flow={self.flow!r}"
        if self.aggr not in ("add", "sum"):
            return f"aggr={self.aggr!r}"
        if not _as_in(type(self), self.stock) or any(
            step in self.__dict__ for step in _STEPS
        ):
            return "its own message, edge_update, aggregate or update"
        if not _is_plain(self._modules.get("lin_edge")):
            return "lin_edge is lazy, hooked or no plain linear layer"
        return None

    def _edge_weight(self, edge_attr: Tensor | None) -> Tensor | None:
        """Returns the edges' projection as `[edge_dim, heads, out_channels]`."""
        if edge_attr is None:
            return None
        return self.lin_edge.weight.T.unflatten(1, (self.heads, self.out_channels))

    def _dropping(self) -> float:
        return self.dropout if self.training else 0.0


@cache
def _as_in(layer: type, stock: type) -> bool:
    return all(getattr(layer, step) is getattr(stock, step) for step in _STEPS)


def _is_plain(linear: torch.nn.Module | None) -> bool:
    """Whether only the weight decides what the layer does."""
    return linear is None or (
        type(linear) is Linear
        and linear.bias is None
        and not linear._forward_pre_hooks
        and not linear._forward_hooks
    )


def representable(edge_index: Any) -> bool:
    """Whether the fused kernels take this adjacency, its values playing no part."""
    if isinstance(edge_index, Adjacency):
        return True
    if not isinstance(edge_index, Tensor):
        return False
    if edge_index.layout == torch.strided:
        return True
    if edge_index.dense_dim() or edge_index.sparse_dim() != 2:
        return False
    return edge_index.layout != torch.sparse_coo or edge_index.is_coalesced()


def check_rows(caller: str, name: str, rows: Tensor, linear: Any) -> None:
    """Checks the shape of node features against the layer that projects them."""
    width = getattr(linear, "in_channels", -1)
    require(
        rows.dim() == 2 and (width == -1 or rows.shape[1] == width),
        caller,
        f"{name} must have the shape [num_nodes, in_channels]",
        {name: rows, "in_channels": width},
    )


def check_size(
    caller: str,
    size: tuple[int | None, int | None] | None,
    num_sources: int,
    num_targets: int,
) -> None:
    """Checks the rows of x against the sizes that come with the edges, if any do."""
    require(
        size is None
        or (size[0] in (None, num_sources) and size[1] in (None, num_targets)),
        caller,
        "x must have one row per node of the graph's size (num_sources, num_targets)",
        {"size": size, "sources": num_sources, "targets": num_targets},
    )


def pygs(edge_index: Any) -> Any:
    """Returns the edges in a form that PyG takes."""
    if isinstance(edge_index, Adjacency):
        return edge_index.edge_index
    return edge_index


def edge_rows(
    caller: str, linear: Any, edge_attr: Tensor | None, edge_index: Any
) -> Tensor | None:
    """Returns the edges' features as `[num_edges, edge_dim]`, checked.

    Args:
        caller: The layer's name.
        linear: The layer that projects them; None where it was made without edge_dim.
        edge_attr: The features; one number for each edge may come as a vector.
        edge_index: The edges they belong to.

    Raises:
        ValueError: The layer has no edge_dim, or the shape does not fit.
    """
    if edge_attr is None:
        return None
    require(
        linear is not None,
        caller,
        "edge_attr needs a layer made with edge_dim, the number of features of an "
        "edge; set it, or pass no edge_attr",
        {"edge_attr": edge_attr, "edge_dim": None},
    )
    width, num_edges = getattr(linear, "in_channels", -1), _num_edges(edge_index)
    rows = edge_attr.unsqueeze(-1) if edge_attr.dim() == 1 else edge_attr
    require(
        rows.dim() == 2
        and (width == -1 or rows.shape[1] == width)
        and (num_edges is None or rows.shape[0] == num_edges),
        caller,
        "edge_attr must have the shape [num_edges, edge_dim]",
        {"edge_attr": edge_attr, "edge_dim": width, "num_edges": num_edges},
    )
    return rows


def _num_edges(edge_index: Any) -> int | None:
    """Returns the number of edges; None where the form does not say."""
    if isinstance(edge_index, Adjacency):
        return edge_index.num_edges
    if isinstance(edge_index, Tensor):
        if edge_index.layout != torch.strided:
            return edge_index._nnz()
        return edge_index.shape[1] if edge_index.dim() == 2 else None
    return None

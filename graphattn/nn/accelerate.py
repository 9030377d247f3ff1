"""`accelerate`: makes the PyG attention layers of a model run fused, in place."""

import logging
from typing import Any, NamedTuple, TypeVar

from torch import nn
from torch_geometric.nn import MessagePassing

from graphattn._errors import require
from graphattn.nn.attention import GraphAttention
from graphattn.nn.conv import GATConv, GATv2Conv, TransformerConv
from graphattn.nn.conv.fusing import Fused

_Model = TypeVar("_Model", bound=nn.Module)
_TWINS: dict[type, type] = {
    twin.stock: twin for twin in (GATConv, GATv2Conv, TransformerConv)
}
_LOGGER = logging.getLogger("graphattn")


class Acceleration(NamedTuple):
    """Which message passing layers of a model run fused, and why others do not.

    Attributes:
        fused: The class of each fused layer, by its name in the model.
        left: Why a layer runs as PyG runs it, by its name in the model.
    """

    fused: dict[str, str]
    left: dict[str, str]

    def __str__(self) -> str:
        """Returns a line for each layer, those that are fused first."""
        lines = [f"fused  {name}: {layer}" for name, layer in self.fused.items()]
        lines += [f"left   {name}: {reason}" for name, reason in self.left.items()]
        return "\n".join(lines) or "no message passing layers"


def accelerate(model: _Model, *, undo: bool = False) -> _Model:
    """Switches PyG's attention layers to their fused twins, in place.

    Every `GATConv`, `GATv2Conv` and `TransformerConv` becomes the class of the same
    name in `graphattn.nn.conv`, wherever it sits in the model. Nothing else changes:
    parameters (so optimizers too), buffers, hooks, device and results stay. What was
    switched and what was left is logged to the logger ``graphattn``, and
    `graphattn.nn.accelerated` returns it.

    Args:
        model: A model, or a single layer.
        undo: Whether to switch fused layers back to PyG's classes instead.

    Returns:
        The same model.

    Raises:
        ValueError: A layer has `decomposed_layers` other than 1, with which attention
            does not work. Nothing has been switched then.
    """
    require(
        isinstance(model, nn.Module),
        "accelerate",
        "model must be a torch.nn.Module",
        {"model": model},
    )
    classes = {twin: stock for stock, twin in _TWINS.items()} if undo else _TWINS
    found: dict[str, Any] = {
        name: layer for name, layer in model.named_modules() if type(layer) in classes
    }
    for name, layer in found.items():
        require(
            layer.decomposed_layers == 1,
            "accelerate",
            "decomposed_layers cannot split attention; set it to 1 on this layer "
            "(fused layers need no decomposition)",
            {
                "layer": name or type(layer).__name__,
                "decomposed_layers": layer.decomposed_layers,
            },
        )
    for layer in found.values():
        layer.__class__ = classes[type(layer)]
        # PyG generates code for a class when it builds a layer; here none is built.
        layer._set_jittable_templates()
    report = accelerated(model)
    _LOGGER.log(
        logging.INFO if undo or report.fused else logging.WARNING,
        "%s: %d layers switched%s\n%s",
        type(model).__name__,
        len(found),
        " back" if undo else "",
        report,
    )
    return model


def accelerated(model: nn.Module) -> Acceleration:
    """Returns which message passing layers of a model run fused, and why others do not.

    Args:
        model: Any model, whether `accelerate` has seen it or not.
    """
    fused, left = {}, {}
    for path, layer in model.named_modules():
        if isinstance(layer, MessagePassing):
            reason, name = _why_left(layer), path or "(the model itself)"
            if reason is None:
                fused[name] = type(layer).__name__
            else:
                left[name] = reason
    return Acceleration(fused, left)


def _why_left(layer: MessagePassing) -> str | None:
    name = type(layer).__name__
    if isinstance(layer, Fused):
        reason = layer.why_not_fused()
        return None if reason is None else f"{name} goes PyG's way: {reason}"
    if isinstance(layer, GraphAttention):
        return None
    if type(layer) in _TWINS:
        return f"PyG's {name}; graphattn.accelerate switches it"
    if isinstance(layer, tuple(_TWINS)):
        return f"{name} is a subclass, whose own code may do something else"
    return f"there is no fused {name}"

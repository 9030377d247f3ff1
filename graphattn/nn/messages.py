"""Whether anybody looks at a layer's messages, which the fused kernels never form."""

from functools import cache

from torch_geometric.nn import MessagePassing

_HOOKS = tuple(
    f"_{step}_forward_{when}hooks"
    for step in ("propagate", "message", "aggregate")
    for when in ("pre_", "")
)


def messages_are_watched(layer: MessagePassing, stock: type[MessagePassing]) -> bool:
    """Whether hooks are registered on `layer`, or its messages are not `stock`'s."""
    return any(getattr(layer, name) for name in _HOOKS) or _has_own_messages(
        type(layer), stock
    )


@cache
def _has_own_messages(layer: type[MessagePassing], stock: type[MessagePassing]) -> bool:
    return any(
        getattr(layer, step) is not getattr(stock, step)
        for step in ("message", "aggregate", "update")
    )

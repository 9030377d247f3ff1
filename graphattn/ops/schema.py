"""The arguments of the attention ops by their names.

An op's schema is the signature of its portable functions; it stands nowhere else. The
other implementations get the same arguments by position and look them up by name.
"""

import inspect
from collections.abc import Callable, Mapping
from operator import itemgetter
from typing import Any

Given = Mapping[str, Any]
_FLAG = "_grad"


def names_of(portable: Callable[..., Any]) -> list[str]:
    """Returns the names of an op's arguments, in the order in which they come."""
    return list(inspect.signature(portable).parameters)


def by_name(
    portable: Callable[..., Any], body: Callable[[Given], Any]
) -> Callable[..., Any]:
    """Returns `body` as a function of the arguments of `portable`, by position."""
    names = names_of(portable)

    def call(*given: Any) -> Any:
        return body(dict(zip(names, given, strict=True)))

    return call


def differentiable(names: list[str]) -> list[str]:
    """Returns which of a forward function's arguments have gradients."""
    return names[: names.index("edge_mask")]


def flagged(names: list[str]) -> list[str]:
    """Returns whose gradients a backward function finds only where they are wanted."""
    return [name.removesuffix(_FLAG) for name in names if name.endswith(_FLAG)]


def is_wanted(given: Given, name: str) -> bool:
    """Whether a backward function is to find the gradient of the argument `name`."""
    return given.get(name + _FLAG, True)


structure = itemgetter("rowptr", "col", "perm", "colptr", "row", "csc_perm")
"""Returns, of the arguments, what `graphattn::compress` returns, in its order."""

outputs = itemgetter("out", "edge_out", "logsumexp")
"""Returns, of a backward function's arguments, the outputs of the forward pass."""

output_grads = itemgetter("grad_out", "grad_edge_out", "grad_logsumexp")
"""Returns, of a backward function's arguments, their gradients."""

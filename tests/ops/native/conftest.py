"""Native kernels against portable ones in float64, for every instruction set."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
import torch
from torch import Tensor
from torch.testing import assert_close

from graphattn.ops import native
from graphattn.ops.additive import native as additive_native
from graphattn.ops.additive import portable as additive_portable
from graphattn.ops.compress import portable as compress_portable
from graphattn.ops.dot import native as dot_native
from graphattn.ops.dot import portable as dot_portable
from graphattn.ops.gat import native as gat_native
from graphattn.ops.gat import portable as gat_portable

KERNELS = {
    "dot": (dot_native, dot_portable),
    "leaky_relu": (additive_native, additive_portable),
    "tanh": (additive_native, additive_portable),
    "gat": (gat_native, gat_portable),
}
# Of the largest value in a tensor.
TOLERANCE = {
    torch.float64: 1e-13,
    torch.float32: 4e-6,
    torch.float16: 2e-3,
    torch.bfloat16: 1.5e-2,
}


@pytest.fixture(autouse=True)
def _native_kernels() -> Iterator[None]:
    """One thread: on tiny tensors, waking a second is all that would take time."""
    if not native.AVAILABLE:
        pytest.skip(f"native kernels {native.REASON}")
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(params=native.NAMES)
def isa(request) -> Iterator[str]:
    """Runs the test once with each instruction set that the machine has."""
    before = native.isa()
    if not native.choose_isa(request.param):
        pytest.skip(f"this machine or this build has no {request.param}")
    yield request.param
    native.choose_isa(before)


class Call(NamedTuple):
    """Arguments of one op, in the order of its schema."""

    score: str
    tensors: list[Tensor | None]
    settings: list[Any]
    flags: list[bool]

    def forward(self, implementation: int = 0) -> tuple[Tensor, ...]:
        tensors, settings = self._widened(implementation)
        return KERNELS[self.score][implementation].forward(*tensors, *settings)

    def backward(self, grads, outputs, implementation: int = 0) -> tuple[Tensor, ...]:
        tensors, settings = self._widened(implementation)
        saved = [*grads, *tensors, *outputs]
        if implementation == 1:
            saved = [_exact(tensor) for tensor in saved]
        kernel = KERNELS[self.score][implementation]
        return kernel.backward(*saved, *settings, *self.flags)

    def _widened(self, implementation: int) -> tuple[list[Any], list[Any]]:
        tensors = self.tensors
        if implementation == 1:
            tensors = [_exact(tensor) for tensor in tensors]
        return list(tensors), self.settings


def _exact(tensor: Tensor | None) -> Tensor | None:
    floating = tensor is not None and tensor.is_floating_point()
    return tensor.double() if floating else tensor


@pytest.fixture
def make_call() -> Callable[..., Call]:
    """Returns a function that draws the arguments of an op."""
    return _make_call


def _make_call(
    score: str,
    graph: Any,
    heads: int = 3,
    width: int = 5,
    value_width: int = 7,
    edge_width: int = 2,
    dtype: torch.dtype = torch.float32,
    dropout: float = 0.3,
    options: bool = True,
) -> Call:
    edge_index, num_sources, num_targets = graph
    num_edges = edge_index.shape[1]

    def draw(*shape: int) -> Tensor:
        return torch.randn(*shape).to(dtype)

    def optional(*shape: int) -> Tensor | None:
        return draw(*shape) if options else None

    attr, bias = optional(num_edges, edge_width), optional(num_edges, heads)
    mask = torch.rand(num_edges, heads) > 0.3 if options else None
    seed = torch.tensor([0x7234_5678_9ABC_DEF1]) if options else None
    drop = dropout if options else 0.0
    value = draw(num_sources, heads, value_width)
    structure = compress_portable.compress(edge_index, num_sources, num_targets)
    if score == "gat":
        nodes = [draw(num_targets, heads), draw(num_sources, heads), value]
        edges = [attr, optional(num_edges, heads), bias, mask]
        settings, flags = [0.2, drop, seed], [options] * 3
    else:
        nodes = [draw(num_targets, heads, width), draw(num_sources, heads, width)]
        nodes += [value]
        if score == "dot":
            edges = [optional(num_targets, heads, edge_width), attr, bias, mask]
            settings = [width**-0.5, drop, seed]
        else:
            nodes += [draw(heads, width) * width**-0.5]
            edges = [attr, optional(edge_width, heads, width), bias, mask]
            settings = [score, 0.2, drop, seed]
        flags = [options] * 2
    return Call(score, [*nodes, *edges, *structure], settings, flags)


@pytest.fixture
def check_call() -> Callable[[Call], None]:
    """Returns a function that compares both passes with the portable ones."""
    return _check_call


def _check_call(call: Call) -> None:
    got, want = call.forward(), call.forward(implementation=1)
    grads = [torch.randn_like(tensor) for tensor in got]
    found = call.backward(grads, got)
    wanted = call.backward(grads, got, implementation=1)
    for one, other in zip((*got, *found), (*want, *wanted), strict=True):
        assert one.shape == other.shape
        infinite = other.isinf()
        assert torch.equal(one.isinf(), infinite)
        finite = other.masked_fill(infinite, 0.0)
        top = max(1.0, float(finite.abs().max())) if finite.numel() else 1.0
        scaled = one.double().masked_fill(infinite, 0.0) / top
        assert_close(scaled, finite / top, rtol=0.0, atol=TOLERANCE[one.dtype] * 4)

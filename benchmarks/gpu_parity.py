"""The Triton kernels against the portable ones, on whatever device is the default."""

from importlib import import_module
from typing import Any

import torch
from measure import same
from torch import Tensor

from graphattn import Adjacency

# Of the largest value; full attention's products of float32 keep 22 bits on a GPU.
_BOUNDS = {torch.float32: 1e-5, torch.bfloat16: 2e-2}
_SETS_BOUND = 5e-5


def edge_case(
    score: str, nodes: int, edges: int, heads: int, width: int, dtype: torch.dtype
) -> tuple[list[Any], list[Any], list[bool]]:
    """Returns an op's tensors, settings and flags: everything given, one row a hub."""
    ends = torch.randint(nodes, (2, edges))
    ends[1, : edges // 3] = 1

    def draw(*shape: int) -> Tensor:
        return torch.randn(*shape).to(dtype)

    inner = () if score == "gat" else (width,)
    tensors: list[Any] = [draw(nodes, heads, *inner) for _ in range(2)]
    tensors.append(draw(nodes, heads, width))
    attr, bias = draw(edges, 3), draw(edges, heads)
    mask, seed = torch.rand(edges, heads) > 0.3, torch.tensor([7_777_777_777])
    if score == "dot":
        tensors += [draw(nodes, heads, 3), attr, bias, mask]
        settings, flags = [0.25, 0.3, seed], [True] * 2
    elif score == "gat":
        tensors += [attr, draw(edges, heads), bias, mask]
        settings, flags = [0.2, 0.3, seed], [True] * 3
    else:
        weight = draw(heads, width) * width**-0.5
        tensors += [weight, attr, draw(3, heads, width), bias, mask]
        settings, flags = ["leaky_relu", 0.2, 0.3, seed], [True] * 2
    tensors += Adjacency.from_edge_index(ends, nodes).compressed
    return tensors, settings, flags


def sets_case(
    longest: int, heads: int, width: int, dtype: torch.dtype
) -> tuple[list[Tensor], list[Any], list[bool]]:
    """Returns the arguments of full attention within sets, one of them empty."""
    sizes = torch.randint(1, longest, (7,))
    sizes[3] = 0
    ends = torch.cat([sizes.new_zeros(1), sizes.cumsum(0)])
    rows = [torch.randn(int(ends[-1]), heads, width).to(dtype) for _ in range(3)]
    return [*rows, ends, ends], [True, 0.25, 0.3, torch.tensor([77])], []


def compare(op: str, case: tuple[list[Any], list[Any], list[bool]]) -> None:
    """Raises `AssertionError` unless outputs and gradients are the portable ones'."""
    tensors, settings, flags = case
    kernel: Any = import_module(f"graphattn.ops.{op}.triton")
    portable: Any = import_module(f"graphattn.ops.{op}.portable")
    bound = max(_BOUNDS[tensors[0].dtype], _SETS_BOUND if op == "full" else 0.0)
    got = kernel.forward(*tensors, *settings)
    want = _exactly(portable.forward, tensors, settings)
    same(_finite(got), _finite(want), bound)
    same([one.isinf().float() for one in got], [t.isinf().float() for t in want], 0.0)
    saved = [*(torch.randn_like(tensor) for tensor in got), *tensors, *got]
    rest = [*settings, *flags]
    same(
        kernel.backward(*saved, *rest), _exactly(portable.backward, saved, rest), bound
    )


def _finite(tensors: tuple[Tensor, ...]) -> list[Tensor]:
    """Returns the tensors with 0 for the logsumexp of what attends to nothing."""
    return [tensor.masked_fill(tensor.isinf(), 0.0) for tensor in tensors]


def _exactly(function: Any, tensors: list[Any], rest: list[Any]) -> tuple[Tensor, ...]:
    """Calls the portable kernel on the same numbers in float32."""
    wide = [
        tensor.float() if tensor.dtype == torch.bfloat16 else tensor
        for tensor in tensors
    ]
    return function(*wide, *rest)


def assert_parity(tiny: bool) -> None:
    """Compares every score and full attention.

    Args:
        tiny: Whether Triton interprets, which takes seconds for a small graph, and
            knows no products of bfloat16.
    """
    nodes, edges, longest = (5, 17, 4) if tiny else (997, 21_312, 300)
    shapes = [(3, 5)] if tiny else [(8, 16), (1, 128), (8, 8), (3, 5)]
    for dtype in [torch.float32] if tiny else _BOUNDS:
        for heads, width in shapes:
            for op in ("dot", "additive", "gat"):
                compare(op, edge_case(op, nodes, edges, heads, width, dtype))
            compare("full", sets_case(longest, heads, width, dtype))

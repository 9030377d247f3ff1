"""Run by test_parity.py in a process of its own, under Triton's interpreter.

Every score against the portable kernels: outputs and gradients.
"""

import importlib
import sys

import torch
from graphs import GRAPHS, Graph, random_graph
from torch import Tensor

from graphattn.ops.compress import portable as compress

SCORES = {"dot": "dot", "leaky_relu": "additive", "tanh": "additive", "gat": "gat"}
# Of the largest value in a tensor.
TOLERANCE = {
    torch.float64: 1e-13,
    torch.float32: 1e-5,
    torch.float16: 4e-3,
    torch.bfloat16: 3e-2,
}


def draw_call(score, structure, heads, width, value_width, edge_width, dtype, options):
    num_targets, num_edges, num_sources = (
        len(structure[0]) - 1,
        len(structure[1]),
        len(structure[3]) - 1,
    )

    def draw(*shape):
        return torch.randn(*shape).to(dtype)

    def optional(*shape):
        return draw(*shape) if options else None

    attr, bias = optional(num_edges, edge_width), optional(num_edges, heads)
    mask = torch.rand(num_edges, heads) > 0.3 if options else None
    seed = torch.tensor([0x7234_5678_9ABC_DEF1]) if options else None
    drop, inner = 0.3 if options else 0.0, () if score == "gat" else (width,)
    nodes = [draw(num_targets, heads, *inner), draw(num_sources, heads, *inner)]
    nodes += [draw(num_sources, heads, value_width)]
    if score == "gat":
        edges = [attr, optional(num_edges, heads), bias, mask]
        settings, flags = [0.2, drop, seed], [options] * 3
    elif score == "dot":
        edges = [optional(num_targets, heads, edge_width), attr, bias, mask]
        settings, flags = [width**-0.5, drop, seed], [options] * 2
    else:
        nodes += [draw(heads, width) * width**-0.5]
        edges = [attr, optional(edge_width, heads, width), bias, mask]
        settings, flags = [score, 0.2, drop, seed], [options] * 2
    return [*nodes, *edges, *structure], settings, flags


def exact(tensors):
    return [
        t if t is None or not t.is_floating_point() else t.double() for t in tensors
    ]


def agree(got: tuple[Tensor, ...], want: tuple[Tensor, ...], what: str) -> None:
    for place, (one, other) in enumerate(zip(got, want, strict=True)):
        assert one.shape == other.shape, (what, place, one.shape, other.shape)
        if not other.numel():
            continue
        assert torch.equal(one.isinf(), other.isinf()), (what, place)
        one, other = (t.double().masked_fill(t.isinf(), 0.0) for t in (one, other))
        worst = float((one - other).abs().max()) / max(1.0, float(other.abs().max()))
        assert worst <= TOLERANCE[got[0].dtype], (what, place, worst)


def check(
    score, graph, shape=(3, 5, 7, 2), dtype=torch.float32, options=True, again=False
):
    kernel, truth = (
        importlib.import_module(f"graphattn.ops.{SCORES[score]}.{name}")
        for name in ("triton", "portable")
    )
    structure = compress.compress(*graph)
    tensors, settings, flags = draw_call(score, structure, *shape, dtype, options)
    what = f"{score} {tuple(graph.edge_index.shape)} {shape} {dtype} {options}"
    got = kernel.forward(*tensors, *settings)
    agree(got, truth.forward(*exact(tensors), *settings), f"{what} forward")
    grads = [torch.randn_like(t) for t in got]
    found = kernel.backward(*grads, *tensors, *got, *settings, *flags)
    saved = exact([*grads, *tensors, *got])
    agree(found, truth.backward(*saved, *settings, *flags), f"{what} backward")
    if again:
        once_more = kernel.backward(*grads, *tensors, *got, *settings, *flags)
        assert all(map(torch.equal, found, once_more)), what


def check_sets() -> None:
    """Full attention within ragged sets, some of them without queries or keys."""
    from graphattn.ops.full import portable, triton

    queries, keys = (7, 0, 1, 21, 3), (5, 3, 0, 37, 2)
    pointers = [torch.tensor([0, *sizes]).cumsum(0) for sizes in (queries, keys)]
    seed = torch.tensor([5 << 33 | 77])
    for dtype, causal, (heads, width, value_width) in (
        (torch.float64, True, (2, 3, 5)),
        (torch.float32, False, (2, 16, 17)),
        (torch.float32, True, (1, 129, 8)),
        (torch.float16, True, (1, 8, 8)),
        (torch.bfloat16, False, (1, 5, 1)),
    ):
        shapes = [(sum(queries), width), (sum(keys), width), (sum(keys), value_width)]
        tensors = [torch.randn(rows, heads, w).to(dtype) for rows, w in shapes]
        tensors += pointers
        settings = (causal, width**-0.5, 0.3 if dtype != torch.float16 else 0.0, seed)
        got = triton.forward(*tensors, *settings)
        agree(got, portable.forward(*exact(tensors), *settings), f"sets {dtype}")
        grads = [torch.randn_like(tensor) for tensor in got]
        found = triton.backward(*grads, *tensors, *got, *settings)
        saved = exact([*grads, *tensors, *got])
        agree(found, portable.backward(*saved, *settings), f"sets {dtype} backward")
    check_no_sets()


def check_no_sets() -> None:
    """Nothing to launch, and queries without a key."""
    from graphattn.ops.full import triton

    nothing, rows = torch.empty(0, 2, 3), torch.randn(4, 2, 3)
    none, one = torch.tensor([0]), torch.tensor([0, 4])
    settings = (False, 1.0, 0.0, None)
    out, _ = triton.forward(nothing, nothing, nothing, none, none, *settings)
    assert out.shape == (0, 2, 3)
    tensors = (rows, nothing, nothing, one, torch.tensor([0, 0]))
    out, logsumexp = triton.forward(*tensors, *settings)
    assert not out.any()
    assert (logsumexp == float("-inf")).all()
    grads = torch.randn_like(out), torch.randn_like(logsumexp)
    found = triton.backward(*grads, *tensors, out, logsumexp, *settings)
    assert not found[0].any()


def multiply_bfloat16() -> None:
    """Teaches the interpreter products of bfloat16, which it holds as integers."""
    import triton.language as tl
    from triton.runtime.interpreter import InterpreterBuilder

    plain = InterpreterBuilder.create_dot

    def widened(self, left, right, *rest):
        if left.dtype.scalar == tl.bfloat16:
            left, right = (self.cast_impl(t, tl.float32) for t in (left, right))
        return plain(self, left, right, *rest)

    InterpreterBuilder.create_dot = widened


def check_hubs() -> None:
    """Both ends: one target with most edges, then one source with as many."""
    from graphattn.ops.triton import launch

    ends = random_graph(61, 11, 5).edge_index
    ends[1, 5:41] = 3
    ends[1, 41:] = 4
    usual, launch.chunk_size = launch.chunk_size, lambda _: 8
    for graph in (Graph(ends, 11, 5), Graph(ends.flip(0).contiguous(), 5, 11)):
        for score in SCORES:
            check(score, graph, again=score == "dot")
    check("dot", Graph(ends, 11, 5), (8, 8, 8, 1), options=False)
    launch.chunk_size = usual


def main() -> None:
    torch.manual_seed(13)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    torch.utils.deterministic.fill_uninitialized_memory = True
    parts = sys.argv[1:]
    multiply_bfloat16()
    if "hubs" in parts:
        check_hubs()
    if "sets" in parts:
        check_sets()
    for score in SCORES:
        for name, graph in GRAPHS.items() if "graphs" in parts else ():
            check(score, graph)
            if name in ("unsorted", "isolated_node", "many_tiny"):
                check(score, graph, (1, 3, 1, 1), options=False)
        small = random_graph(23, 5, 7)
        for dtype in TOLERANCE if "types" in parts else ():
            check(score, small, dtype=dtype)
        shapes = [(8, 8, 8, 1), (8, 16, 16, 3), (1, 128, 128, 1), (2, 33, 5, 3)]
        for shape in shapes if "shapes" in parts else ():
            check(score, small, shape, options=shape[3] == 3)
    print("equal")


if __name__ == "__main__":
    main()

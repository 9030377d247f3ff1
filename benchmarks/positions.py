"""A learned relative bias at full attention: the whole matrix, blocks, and a window.

Run it: python benchmarks/positions.py (Linux; rows of docs/positions.md)
"""

from collections.abc import Callable

import torch
from measure import forget_peak, resident_memory, same, seconds, table
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

from graphattn import graph_attention, patterns
from graphattn.functional import blockwise_attention
from graphattn.nn import RelativeBias

HEADS, WIDTH = 4, 16


def contenders(
    bias: RelativeBias, rows: list[Tensor]
) -> dict[str, Callable[[], Tensor]]:
    """Returns the ways to attend by name; the first two must agree."""
    query, key, value = rows
    place = torch.arange(len(query))
    near = patterns.window(len(place), 128)

    def whole() -> Tensor:
        heads_first = (row.transpose(0, 1)[None] for row in (query, key, value))
        mask = bias.matrix(place)
        out = scaled_dot_product_attention(*heads_first, attn_mask=mask)
        return out[0].transpose(0, 1)

    def in_blocks() -> Tensor:
        def block(targets: Tensor, sources: Tensor) -> Tensor:
            return bias.matrix(place[targets], place[sources])

        learned = bias.parameters()
        return blockwise_attention(query, key, value, bias=block, learned=learned)

    def in_a_window() -> Tensor:
        return graph_attention(query, key, value, near, edge_bias=bias(near))

    return {
        "SDPA, bias of all pairs": whole,
        "blockwise_attention": in_blocks,
        "graph_attention, window of 128 each side": in_a_window,
    }


def main(lengths: tuple[int, ...] = (1024, 2048, 4096), repeat: int = 2) -> None:
    """Prints seconds and peak memory of forward and backward, after parity."""
    torch.manual_seed(0)
    bias, lines = RelativeBias(HEADS, 64), []
    for length in lengths:
        rows = [torch.randn(length, HEADS, WIDTH, requires_grad=True) for _ in range(3)]
        ways, leaves = contenders(bias, rows), [*rows, bias.table]
        grad, found = torch.randn(length, HEADS, WIDTH), {}

        def train(way: Callable[[], Tensor]) -> tuple[Tensor, ...]:
            return torch.autograd.grad(way(), leaves, grad)  # noqa: B023

        if length == lengths[0]:
            whole, in_blocks, _ = (train(way) for way in ways.values())
            same(in_blocks, whole, 1e-4)
        for name, way in reversed(ways.items()):
            forget_peak()
            before = resident_memory()
            best = min(seconds(lambda: train(way)) for _ in range(repeat))  # noqa: B023
            found[name] = best, resident_memory(peak=True) - before
        for name in ways:
            best, peak = found[name]
            lines.append([length, name, f"{best:.2f}", f"{peak / 1e6:.0f}"])
    print(table(["n", "", "seconds", "peak, MB"], lines))


if __name__ == "__main__":
    main()

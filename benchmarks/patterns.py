"""Attention along a pattern beside PyTorch's kernel for all pairs.

Run it: python benchmarks/patterns.py           (about three minutes)

First, at which share of all pairs PyTorch's kernel with a mask becomes faster than
ours along the edges (edges drawn at random). Then a window of 256 on either side over
longer and longer sequences, beside PyTorch's kernel with the window as a mask and
without a mask. Forward and backward in milliseconds, 2 threads, float32; each
measurement is a process of its own, whose peak memory above that of its inputs is
given. Gradients are asserted equal first. PyTorch's mask takes five bytes for each
pair, 21 GB for 65,536 rows: `--masked-up-to` says how far to go.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Callable

import torch
from measure import (
    forget_peak,
    forward_and_backward,
    race,
    resident_memory,
    same,
    table,
)
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention

from graphattn import Adjacency, graph_attention, patterns

LONG = 20_000
WAYS = ("edges", "masked", "full")
LENGTHS = (1024, 4096, 16_384, 32_768, 65_536)
DENSITIES = (0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9)


def _rows(length: int, heads: int, channels: int) -> list[Tensor]:
    torch.manual_seed(0)
    return [torch.randn(length, heads, channels, requires_grad=True) for _ in range(3)]


def _sdpa(rows: list[Tensor], mask: Tensor | None) -> Tensor:
    query, key, value = (tensor.transpose(0, 1)[None] for tensor in rows)
    out = scaled_dot_product_attention(query, key, value, attn_mask=mask)
    return out[0].transpose(0, 1)


def _along(
    edges: Tensor | Adjacency, leaves: list[Tensor], grad: Tensor, dense: bool
) -> Callable[[], tuple[Tensor, ...]]:
    query, key, value = leaves
    return forward_and_backward(
        lambda: graph_attention(query, key, value, edges, dense=dense), leaves, grad
    )


def by_density(heads: int, channels: int, length: int, repeat: int) -> list[list[str]]:
    """Returns, for each share of all pairs, both times."""
    leaves = _rows(length, heads, channels)
    grad = torch.randn(length, heads, channels)
    lines = []
    for share in DENSITIES:
        edges = (torch.rand(length, length) < share).nonzero().T.contiguous()
        ways = {dense: _along(edges, leaves, grad, dense) for dense in (False, True)}
        same(ways[False](), ways[True](), 1e-4)
        best = race({str(dense): way for dense, way in ways.items()}, repeat)
        times = [f"{1e3 * time:.1f}" for time in best.values()]
        lines.append([f"{heads} x {channels}", str(length), str(share), *times])
    return lines


def window(way: str, length: int, size: int) -> tuple[Tensor, ...]:
    """Returns the gradients of one step, and prints its time and memory."""
    leaves = _rows(length, 4, 16)
    grad = torch.ones(length, 4, 16)
    torch.nn.functional.softmax(torch.randn(512, 512) @ torch.randn(512, 512), dim=1)
    before = resident_memory()
    forget_peak()
    if way == "edges":
        step = _along(patterns.window(length, size), leaves, grad, False)
    else:
        mask = None
        if way == "masked":
            place = torch.arange(length, dtype=torch.int32)
            mask = (place[:, None] - place).abs_() <= size
        step = forward_and_backward(lambda: _sdpa(leaves, mask), leaves, grad)
    found = () if length > LONG else step()
    best = race({way: step}, 1 if length > LONG else 3)[way]
    memory = resident_memory(peak=True) - before
    print(json.dumps({"seconds": best, "bytes": memory}))
    return found


def _elsewhere(way: str, length: int, options: argparse.Namespace) -> list[str]:
    """Runs `window` in a process of its own."""
    command = [sys.executable, __file__, "--one", way, "--lengths", str(length)]
    command += ["--window", str(options.window), "--threads", str(options.threads)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    return [f"{1e3 * found['seconds']:.0f}", f"{found['bytes'] / 1e6:.0f}"]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lengths", type=int, nargs="*", default=LENGTHS)
    parser.add_argument("--masked-up-to", type=int, default=32_768)
    parser.add_argument("--window", type=int, default=256)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--one", choices=WAYS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    if options.one:
        window(options.one, options.lengths[0], options.window)
        return
    rows = [
        line
        for heads, channels, length in ((8, 16, 257), (8, 16, 1021), (4, 64, 1021))
        for line in by_density(heads, channels, length, options.repeat)
    ]
    header = ["heads x channels", "length", "share of pairs", "edges", "masked"]
    print(table(header, rows), "\n", flush=True)
    same(window("edges", 1021, 31), window("masked", 1021, 31), 1e-4)
    header = [
        "length",
        *(f"{way}{unit}" for way in WAYS for unit in (" (ms)", " (MB)")),
    ]
    print(table(header, []), flush=True)
    for length in options.lengths or (1024, 4096, 16_384, 65_536):
        cells = [cell for way in WAYS for cell in _elsewhere(way, length, options)]
        print("| " + " | ".join([str(length), *cells]) + " |", flush=True)


if __name__ == "__main__":
    main()

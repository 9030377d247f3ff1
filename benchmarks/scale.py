"""Time and memory as a graph grows, and beside PyG's TransformerConv.

Run it: python benchmarks/scale.py --edges 1000000 10000000 100000000
        python benchmarks/scale.py --peer --edges 2000000

One forward and backward pass of dot attention, each size in a process of its own, whose
peak is measured from just before the pass (so on Linux only). 20 edges for each node,
power-law sources.
"""

import argparse
import gc
import json
import subprocess
import sys

import torch
from measure import forget_peak, power_law_graph, resident_memory, seconds, table
from peers import dot

from graphattn import Adjacency

PASS = ("ours", "PyG")
_TINY = 100_000


def measure(edges: int, heads: int, channels: int, which: str) -> dict[str, float]:
    """Runs one pass in this process, after a tiny one that starts threads."""
    if edges > _TINY:
        measure(_TINY, heads, channels, which)
    num_nodes = edges // 20
    work = dot(num_nodes, heads, channels)
    edge_index = power_law_graph(num_nodes, edges)
    found: dict[str, float] = {}
    graph: torch.Tensor | Adjacency = edge_index
    if which == "ours":
        built: list[Adjacency] = []
        found["compress"] = seconds(
            lambda: built.append(Adjacency.from_edge_index(edge_index, num_nodes))
        )
        graph = built[0]
        del edge_index
    call = work.ours if which == "ours" else work.pyg
    grad = torch.randn(num_nodes, heads, channels)
    gc.collect()
    forget_peak()
    before = resident_memory()

    def train() -> object:
        return torch.autograd.grad(call(graph), work.leaves, grad)  # pyright: ignore[reportArgumentType]

    found["train"] = seconds(train)
    found["extra_gb"] = (resident_memory(peak=True) - before) / 1e9
    found["peak_gb"] = resident_memory(peak=True) / 1e9
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edges", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--heads", type=int, default=4)
    parser.add_argument("--channels", type=int, default=16)
    parser.add_argument("--peer", action="store_true", help="run PyG as well")
    parser.add_argument("--measure", choices=PASS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    sizes = (options.heads, options.channels)
    if options.measure:
        print(json.dumps(measure(options.edges[0], *sizes, options.measure)))
        return
    rows = []
    for edges in options.edges:
        for which in PASS if options.peer else PASS[:1]:
            command = [sys.executable, "-W", "ignore", __file__, "--measure", which]
            command += ["--edges", str(edges), "--heads", str(options.heads)]
            command += ["--channels", str(options.channels)]
            done = subprocess.run(
                command, stdout=subprocess.PIPE, text=True, check=True
            )
            found = json.loads(done.stdout.splitlines()[-1])
            rows.append(
                [
                    which,
                    edges,
                    f"{found.get('compress', 0.0):.3f}",
                    f"{found['train']:.3f}",
                    f"{found['train'] / edges * 1e9:.0f}",
                    f"{found['extra_gb']:.2f}",
                    f"{found['peak_gb']:.2f}",
                ]
            )
    header = ["", "edges", "compress (s)", "train (s)", "ns an edge"]
    print(table([*header, "extra memory (GB)", "peak memory (GB)"], rows))


if __name__ == "__main__":
    main()

"""How fast are the kernels, beside PyG, DGL, and only reading the rows?

Run it: python benchmarks/kernels.py            (about two minutes)

Each operation is first compared with PyG's, outputs and gradients; times are the best
of several rounds in which all take turns. PyG runs on the edges as given, on edges
sorted by target, and on these under `torch.compile`; the best counts. `--dgl PYTHON`
names the interpreter of an environment with DGL 2.1; its formats are built before its
clock starts.
"""

import argparse
import json
import subprocess
import tempfile
from pathlib import Path

import torch
from measure import by_target, forward_and_backward, power_law_graph, race, same, table
from peers import WORKS
from torch import Tensor

import graphattn
from graphattn import Adjacency
from graphattn.ops import native
from graphattn.ops.native.bound import gather_rows_bound

DGL = Path(__file__).with_name("dgl_peer.py")


def against_pyg(name: str, edges: Tensor, options: argparse.Namespace) -> list[object]:
    work = WORKS[name](options.nodes, options.heads, options.channels)
    adjacency = Adjacency.from_edge_index(edges, options.nodes)
    ordered = by_target(edges)
    grad = torch.randn(options.nodes, options.heads, options.channels)
    ours = forward_and_backward(lambda: work.ours(adjacency), work.leaves, grad)
    new = forward_and_backward(lambda: work.ours(edges.clone()), work.leaves, grad)
    pyg = forward_and_backward(lambda: work.pyg(edges), work.leaves, grad)
    pyg_sorted = forward_and_backward(lambda: work.pyg(ordered), work.leaves, grad)
    fast = torch.compile(work.pyg, dynamic=False)
    compiled = forward_and_backward(lambda: fast(ordered), work.leaves, grad)
    same([work.ours(adjacency)], [work.pyg(edges)], 1e-5)
    same(ours(), pyg(), 1e-4)
    same(compiled(), pyg(), 1e-4)
    quick = race({"train": ours, "new": new}, options.repeat)
    slow = race(
        {"given": pyg, "sorted": pyg_sorted, "compiled": compiled}, options.peer_repeat
    )
    with torch.no_grad():
        quick |= race(
            {
                "forward": lambda: work.ours(adjacency),
                "new forward": lambda: work.ours(edges.clone()),
            },
            options.repeat,
        )
        slow |= race(
            {
                "given, forward": lambda: work.pyg(edges),
                "sorted, forward": lambda: work.pyg(ordered),
                "compiled, forward": lambda: fast(ordered),
            },
            options.peer_repeat + 1,  # of which one compiles
        )
    way = min(("given", "sorted", "compiled"), key=slow.__getitem__)
    train = slow[way]
    forward = min(time for name, time in slow.items() if name.endswith("forward"))
    print(name, {key: round(time, 3) for key, time in slow.items()}, flush=True)
    return [
        name,
        f"{quick['forward']:.3f}",
        f"{quick['train']:.3f}",
        f"{forward:.3f}",
        f"{train:.3f}",
        f"{forward / quick['forward']:.1f}",
        f"{train / quick['train']:.1f}",
        f"{forward / quick['new forward']:.1f}",
        f"{train / quick['new']:.1f}",
    ]


def against_the_bound(edges: Tensor, options: argparse.Namespace) -> list[list[object]]:
    """Times dot on one thread and on two, with gathering alone in the same rounds."""
    work = WORKS["dot"](options.nodes, options.heads, options.channels)
    adjacency = Adjacency.from_edge_index(edges, options.nodes)
    rowptr, col = adjacency.compressed[:2]
    _, key, value = (leaf.detach() for leaf in work.leaves)
    grad = torch.randn(options.nodes, options.heads, options.channels)
    train = forward_and_backward(lambda: work.ours(adjacency), work.leaves, grad)

    def forward() -> Tensor:
        with torch.no_grad():
            return work.ours(adjacency)

    rows = []
    for threads in (1, options.threads):
        torch.set_num_threads(threads)
        best = race(
            {
                "bound": lambda: gather_rows_bound(key, value, rowptr, col),
                "forward": forward,
                "train": train,
                "compress": lambda: Adjacency.from_edge_index(
                    edges.clone(), options.nodes
                ),
            },
            options.repeat * 2,
        )
        bound = best["bound"]
        rows.append(
            [
                threads,
                *(f"{best[name]:.3f}" for name in best),
                f"{best['forward'] / bound:.2f}",
                f"{best['train'] / (3 * bound):.2f}",
            ]
        )
    return rows


def dgl_times(edges: Tensor, options: argparse.Namespace) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "edges.pt"
        torch.save(edges, path)
        sizes = (options.nodes, options.heads, options.channels, options.threads)
        command = [options.dgl, "-W", "ignore", str(DGL), str(path), *map(str, sizes)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--nodes", type=int, default=100_000)
    parser.add_argument("--edges", type=int, default=2_000_000)
    parser.add_argument("--heads", type=int, default=8)
    parser.add_argument("--channels", type=int, default=16)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--peer-repeat", type=int, default=2)
    parser.add_argument("--works", nargs="*", default=list(WORKS))
    parser.add_argument("--dgl", help="Python of an environment with DGL 2.1")
    options = parser.parse_args()
    torch.manual_seed(0)
    edges = power_law_graph(options.nodes, options.edges)
    print(
        f"{options.nodes} nodes, {options.edges} edges, {options.heads} x "
        f"{options.channels}, float32, {graphattn.kernel_for('cpu')} {native.isa()}\n"
    )
    header = ["threads", "gather", "forward", "train", "compress"]
    header += ["forward / gather", "train / 3 gathers"]
    print(table(header, against_the_bound(edges, options)), "\n", flush=True)
    torch.set_num_threads(options.threads)
    header = ["work", "forward", "train", "PyG forward", "PyG train"]
    header += ["times", "train times", "new edges: times", "train times"]
    rows = [against_pyg(name, edges, options) for name in options.works]
    print(table(header, rows), "\n", flush=True)
    if options.dgl is not None:
        found = dgl_times(edges, options)
        print(table(["DGL", "seconds"], [[k, f"{v:.3f}"] for k, v in found.items()]))


if __name__ == "__main__":
    main()

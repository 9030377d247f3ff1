"""An epoch of existing PyG models, as they are and after `graphattn.accelerate`.

Run it: python benchmarks/accelerate.py         (GRAPHATTN_DATA adds Cora and MUSAE)

An epoch is a forward and a backward pass over the whole graph in training mode and a
step of Adam; both models start from the same weights and take turns, and the best of
several rounds counts. First, outputs and gradients without dropout must agree. Memory
is what the first epoch of a process adds at its peak to what was held before it (Linux
only). "new" hands over a fresh copy of `edge_index` at every step.
"""

import argparse
import copy
import gc
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from measure import forget_peak, race, resident_memory, same, table
from torch import Tensor, nn
from torch.nn.functional import cross_entropy
from torch_geometric.data import Data
from torch_geometric.io import read_planetoid_data
from torch_geometric.nn import GAT, TransformerConv

import graphattn
from graphattn.datasets import load
from graphattn.nn import accelerated

_MIB = 1 << 20
_TOLERANCE = 1e-4


class Graph(NamedTuple):
    """A graph, the label of each node, and how many rounds its size allows."""

    name: str
    x: Tensor
    edge_index: Tensor
    y: Tensor
    rounds: int


class ThreeLayers(nn.Module):
    """Three of PyG's TransformerConv, with dropout on weights."""

    def __init__(self, width: int, classes: int, dropout: float) -> None:
        super().__init__()
        options: Any = {"heads": 4, "dropout": dropout}
        self.first = TransformerConv(width, 16, **options)
        self.second = TransformerConv(64, 16, **options)
        self.third = TransformerConv(64, classes, concat=False, **options)

    def forward(self, x: Tensor, edge_index: Tensor) -> Tensor:
        """Returns the logits of each node."""
        x = self.first(x, edge_index).relu()
        return self.third(self.second(x, edge_index).relu(), edge_index)


def models(width: int, classes: int) -> dict[str, nn.Module]:
    """Returns PyG's models: GAT and GATv2 with two layers, TransformerConv with three.

    GAT has the published setting for Cora: 8 heads of 8 channels.
    """
    gat: Any = {"hidden_channels": 64, "num_layers": 2, "out_channels": classes}
    gat["heads"] = 8
    return {
        "GAT": GAT(width, **gat, dropout=0.6),
        "GATv2": GAT(width, **gat, dropout=0.6, v2=True),
        "TransformerConv": ThreeLayers(width, classes, 0.3),
    }


def graphs(names: Sequence[str]) -> Iterator[Graph]:
    """Yields karate club, and of Cora and MUSAE Facebook those that are named."""
    karate = load("karate")
    assert isinstance(karate, Data)
    assert karate.edge_index is not None
    labels = torch.arange(34) % 2
    yield Graph("karate", torch.eye(34), karate.edge_index, labels, 200)
    folder = os.environ.get("GRAPHATTN_DATA")
    if folder and "Cora" in names:
        data: Any = read_planetoid_data(str(Path(folder) / "planetoid_cora"), "cora")
        yield Graph("Cora", data.x, data.edge_index, data.y, 15)
    if folder and "MUSAE Facebook" in names:
        yield _facebook(Path(folder) / "musae_facebook", width=128)


def _facebook(folder: Path, width: int) -> Graph:
    """Reads the page-page network, its thousands of words projected to `width`."""
    stem = str(folder / "musae_facebook_")
    pairs = np.loadtxt(stem + "edges.csv", np.int64, delimiter=",", skiprows=1)
    one_way = torch.from_numpy(pairs.T)
    words = json.loads(Path(stem + "features.json").read_text())
    lines = Path(stem + "target.csv").read_text().splitlines()[1:]
    kinds = [line.rsplit(",", 1)[1] for line in lines]
    table = torch.randn(1 + max(map(max, filter(None, words.values()))), width)
    x = torch.stack([table[words[str(i)]].mean(0) for i in range(len(kinds))])
    names = sorted(set(kinds))
    y = torch.tensor([names.index(kind) for kind in kinds])
    both = torch.cat([one_way, one_way.flip(0)], dim=1)
    return Graph("MUSAE Facebook", x, both, y, 3)


def check(stock: nn.Module, fast: nn.Module, graph: Graph) -> None:
    """Raises `AssertionError` unless outputs and gradients agree without dropout."""
    found = []
    for model in (stock, fast):
        out = model.eval()(graph.x, graph.edge_index)
        loss = cross_entropy(out, graph.y)
        grads = torch.autograd.grad(loss, list(model.parameters()))
        found.append([out.detach(), *grads])
        model.train()
    # A key's bias changes no weight, so what gradient it has is rounding.
    whole = max(float(grad.abs().max()) for grad in found[0][1:])
    kept = [i for i, one in enumerate(found[0]) if one.abs().max() > 1e-4 * whole]
    same([found[1][i] for i in kept], [found[0][i] for i in kept], _TOLERANCE)


def epoch(
    model: nn.Module, graph: Graph, edges: Callable[[], Tensor]
) -> Callable[[], None]:
    """Returns a function that trains the model for an epoch."""
    optimizer = torch.optim.Adam(model.parameters(), lr=0.005)

    def run() -> None:
        optimizer.zero_grad()
        cross_entropy(model(graph.x, edges()), graph.y).backward()
        optimizer.step()

    return run


def extra_memory(name: str, kind: str, fused: bool) -> float:
    """Returns the MiB that the first epoch adds at its peak, after one on karate."""
    first, graph = graphs([name])
    for each in (first, graph):
        torch.manual_seed(0)
        model = models(each.x.shape[1], int(each.y.max()) + 1)[kind]
        if fused:
            graphattn.accelerate(model)
        run = epoch(model, each, lambda: each.edge_index)  # noqa: B023
        gc.collect()
        forget_peak()
        before = resident_memory()
        run()
    return (resident_memory(peak=True) - before) / _MIB


def in_own_process(name: str, kind: str, which: str) -> float:
    """Returns `extra_memory` of a process that does nothing else."""
    command = [sys.executable, "-W", "ignore", __file__, "--memory", name, kind, which]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return float(done.stdout.splitlines()[-1])


def row(name: str, stock: nn.Module, graph: Graph) -> list[str]:
    """Measures a model on a graph."""
    fast = graphattn.accelerate(copy.deepcopy(stock))
    assert not accelerated(fast).left
    check(stock, fast, graph)
    runs = {
        "PyG": epoch(stock, graph, lambda: graph.edge_index),
        "fused": epoch(fast, graph, lambda: graph.edge_index),
        "new": epoch(fast, graph, graph.edge_index.clone),
    }
    for run in runs.values():
        run()
    best = race(runs, graph.rounds)
    memory = ["-", "-"]  # on karate club it is less than can be measured
    if graph.name != "karate":
        memory = [
            f"{in_own_process(graph.name, name, which):.0f}"
            for which in ("PyG", "fused")
        ]
    return [
        graph.name,
        name,
        *(f"{best[which] * 1e3:.2f}" for which in runs),
        f"{best['PyG'] / best['fused']:.1f}",
        f"{best['PyG'] / best['new']:.1f}",
        *memory,
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", nargs="*", default=list(models(1, 1)))
    parser.add_argument("--graphs", nargs="*", default=["Cora", "MUSAE Facebook"])
    parser.add_argument("--memory", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.memory:
        name, kind, which = options.memory
        print(extra_memory(name, kind, which == "fused"))
        return
    torch.manual_seed(0)
    rows = []
    for graph in graphs(options.graphs):
        made = models(graph.x.shape[1], int(graph.y.max()) + 1)
        rows += [row(name, made[name], graph) for name in options.models]
    header = ["graph", "model", "PyG (ms)", "fused (ms)", "new (ms)"]
    header += ["times", "times, new", "PyG (MiB)", "fused (MiB)"]
    print(f"kernels: {graphattn.kernel_for('cpu')}, threads: {torch.get_num_threads()}")
    print(table(header, rows))


if __name__ == "__main__":
    main()

"""Whole layers beside PyG's, projections included, from karate club to 2M edges.

Run it: python benchmarks/layers.py       (GRAPHATTN_DATA adds Cora and MUSAE Facebook)

Cora and MUSAE Facebook come with their own features (bags of words, nearly all zero)
and once more, as "dense", with random ones of width 128.

One step is a forward and a backward pass in training mode; times are the best of
several rounds in which all take turns: PyG on the edges as given, sorted by target, and
sorted under `torch.compile`, of which the best counts. "new" hands over a fresh copy of
`edge_index` at every step, so that its compressed view must be built again.
"""

import argparse
import copy
import json
import math
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from measure import by_target, power_law_graph, race, table
from torch import Tensor, nn
from torch_geometric.data import Batch, Data
from torch_geometric.io import read_planetoid_data
from torch_geometric.nn import GATConv, GATv2Conv, TransformerConv

from graphattn import GraphAttention
from graphattn.datasets import GraphDataset, load


class Graph(NamedTuple):
    """Features, edges, and how many rounds its size allows."""

    name: str
    x: Tensor
    edge_index: Tensor
    rounds: int


def _graph(name: str, width: int, edge_index: Tensor | None, rounds: int) -> Graph:
    assert edge_index is not None
    num_nodes = int(edge_index.max()) + 1
    return Graph(name, torch.randn(num_nodes, width), edge_index.contiguous(), rounds)


def _musae(folder: Path) -> tuple[Tensor, Tensor]:
    """Returns the features and the edges, in both directions, of MUSAE Facebook."""
    pairs = np.loadtxt(
        folder / "musae_facebook_edges.csv", np.int64, delimiter=",", skiprows=1
    )
    edges = torch.from_numpy(pairs.T)
    lists = json.loads((folder / "musae_facebook_features.json").read_text())
    rows = torch.tensor([int(node) for node, words in lists.items() for _ in words])
    columns = torch.tensor([word for words in lists.values() for word in words])
    x = torch.zeros(int(edges.max()) + 1, int(columns.max()) + 1)
    x[rows, columns] = 1.0
    return x, torch.cat([edges, edges.flip(0)], dim=1)


def graphs(options: argparse.Namespace) -> Iterator[Graph]:
    karate, molecules = load("karate"), load("nci")
    assert isinstance(karate, Data)
    assert isinstance(molecules, GraphDataset)
    yield _graph("karate", 34, karate.edge_index, 200)
    batch = Batch.from_data_list([molecules.get(i) for i in range(128)])
    yield _graph("128 molecules", 64, batch["edge_index"], 50)
    folder = os.environ.get("GRAPHATTN_DATA")
    if folder:
        cora = read_planetoid_data(str(Path(folder) / "planetoid_cora"), "cora")
        assert cora.x is not None
        assert cora.edge_index is not None
        yield Graph("Cora", cora.x, cora.edge_index, 20)
        yield _graph("Cora, dense", 128, cora.edge_index, 50)
        x, edges = _musae(Path(folder) / "musae_facebook")
        yield Graph("MUSAE Facebook", x, edges, 3)
        yield _graph("MUSAE Facebook, dense", 128, edges, 10)
    if options.edges > 0:
        edges = power_law_graph(options.edges // 20, options.edges)
        yield _graph(f"{options.edges} edges", 128, edges, options.rounds)


def layers(score: str, width: int) -> tuple[nn.Module, nn.Module]:
    """Returns our layer and PyG's, of equal work."""
    heads, channels = 8, 16
    ours = GraphAttention(
        width, heads * channels, heads, score=score, output_projection=False
    )
    if score == "dot":
        return ours, TransformerConv(width, channels, heads, root_weight=False)
    if score == "gatv2":
        return ours, GATv2Conv(width, channels, heads, add_self_loops=False)
    return ours, GATConv(width, channels, heads, add_self_loops=False)


def step(
    layer: nn.Module, x: Tensor, edges: Callable[[], Tensor]
) -> Callable[[], object]:
    parameters = [p for p in layer.parameters() if p.requires_grad]

    def run() -> object:
        out = layer(x, edges())
        grad = torch.ones_like(out)
        return torch.autograd.grad(out, parameters, grad, allow_unused=True)

    return run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edges", type=int, default=2_000_000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--scores", nargs="*", default=["dot", "gatv2", "gat"])
    options = parser.parse_args()
    torch.manual_seed(0)
    rows, gains = [], {}
    for graph in graphs(options):
        ordered = by_target(graph.edge_index)
        for score in options.scores:
            ours, pyg = layers(score, graph.x.shape[1])
            torch.compiler.reset()
            fast = copy.deepcopy(pyg)
            fast.compile(dynamic=False)
            compiled = step(fast, graph.x, lambda: ordered)  # noqa: B023
            compiled()
            best = race(
                {
                    "ours": step(ours, graph.x, lambda: graph.edge_index),  # noqa: B023
                    "new": step(ours, graph.x, lambda: graph.edge_index.clone()),  # noqa: B023
                    "pyg": step(pyg, graph.x, lambda: graph.edge_index),  # noqa: B023
                    "sorted": step(pyg, graph.x, lambda: ordered),  # noqa: B023
                    "compiled": compiled,
                },
                graph.rounds,
            )
            peer = min(best["pyg"], best["sorted"], best["compiled"])
            gains[graph.name, score] = peer / best["ours"]
            times = [f"{best[name] * 1e3:.3f}" for name in best]
            ratios = [f"{peer / best[name]:.1f}" for name in ("ours", "new")]
            rows.append([graph.name, score, *times, *ratios])
            print(*rows[-1], flush=True)
    header = ["graph", "score", "ours (ms)", "new (ms)", "PyG (ms)", "PyG sorted (ms)"]
    header += ["PyG compiled (ms)", "times", "times, new"]
    print(table(header, rows))
    for score in options.scores:
        four = [
            gain for (name, s), gain in gains.items() if s == score and _counts(name)
        ]
        print(f"\n{score}: geometric mean {math.prod(four) ** (1 / len(four)):.1f}")


def _counts(name: str) -> bool:
    """Karate club is there to show the overhead; random features are an extra."""
    return name != "karate" and not name.endswith("dense")


if __name__ == "__main__":
    main()

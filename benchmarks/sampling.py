"""Seeds per second of neighbour sampling, alone and in a loader.

Run it: python benchmarks/sampling.py    (GRAPHATTN_DATA adds MUSAE Facebook)

Peers take part where they are named: `--torch-sparse LIBRARY` is the shared library of
torch-sparse, or one of its sampler's sources alone, and `--dgl PYTHON` the interpreter
of an environment with DGL 2.1. Times are the best of several rounds in which all take
turns. DGL draws again for the nodes of earlier hops, as its own loader does.
"""

import argparse
import gc
import json
import os
import subprocess
import tempfile
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
import torch_geometric.typing
from measure import power_law_graph, race, seconds, table
from torch import Tensor
from torch_geometric.data import Data
from torch_geometric.loader import NeighborLoader
from torch_geometric.sampler import NodeSamplerInput

from graphattn.ops.sample import Rules, Starts, native, portable
from graphattn.sampling import NeighborSampler, neighbor_loader

DGL = Path(__file__).with_name("dgl_sampling.py")
FAN_OUTS = ([15, 10, 5], [10, 10])
BATCH = 1024
BATCHES = 8
WIDTH = 128


class Case(NamedTuple):
    """A graph with features, and batches of seeds."""

    name: str
    data: Any
    seeds: list[Tensor]


def cases(num_edges: int) -> Iterator[Case]:
    folder = os.environ.get("GRAPHATTN_DATA")
    if folder:
        path = Path(folder) / "musae_facebook" / "musae_facebook_edges.csv"
        pairs = torch.from_numpy(np.loadtxt(path, np.int64, delimiter=",", skiprows=1))
        both = torch.cat([pairs.T, pairs.T.flip(0)], dim=1)
        yield _case("MUSAE Facebook", int(both.max()) + 1, both)
    num_nodes = num_edges // 20
    yield _case(f"{num_edges} edges", num_nodes, power_law_graph(num_nodes, num_edges))


def _case(name: str, num_nodes: int, edges: Tensor) -> Case:
    data = Data(x=torch.randn(num_nodes, WIDTH), edge_index=edges.contiguous())
    seeds = torch.randperm(num_nodes)[: BATCH * BATCHES]
    return Case(f"{name}, {num_nodes} nodes", data, list(seeds.split(BATCH)))


def check(case: Case, counts: list[int]) -> None:
    """Raises unless both implementations draw the same, and only edges of the graph."""
    sampler = NeighborSampler(case.data, counts)
    starts = Starts(case.seeds[0], [(0, len(case.seeds[0]))])
    graph = sampler.graph
    one, other = (
        draw(graph.relations, graph.num_nodes, starts, Rules([counts]), 7)
        for draw in (native.sample, portable.sample)
    )
    node, row, col, edge = one.node[0], one.row[0], one.col[0], one.edge[0]
    assert torch.equal(edge, other.edge[0])
    assert torch.equal(node, other.node[0])
    ends = torch.stack([node[row], node[col]])
    assert torch.equal(ends, case.data.edge_index[:, edge])


def alone(case: Case, counts: list[int], peer: bool) -> dict[str, Callable[[], object]]:
    """Returns who draws the neighbourhoods of all seeds, without features."""
    sampler = NeighborSampler(case.data, counts)
    relation, num_nodes = sampler.graph.relations[0], sampler.graph.num_nodes
    colptr, row, perm = (
        tensor.long() for tensor in (relation.rowptr, relation.col, relation.perm)
    )

    def ours() -> None:
        for nodes in case.seeds:
            sampler.sample_from_nodes(NodeSamplerInput(nodes, nodes))

    def in_numpy() -> None:
        for nodes in case.seeds:
            starts = Starts(nodes, [(0, len(nodes))])
            portable.sample([relation], num_nodes, starts, Rules([counts]), 7)

    def torch_sparse() -> None:
        draw = torch.ops.torch_sparse.neighbor_sample
        for nodes in case.seeds:
            perm[draw(colptr, row, nodes, counts, False, True)[3]]

    found: dict[str, Callable[[], object]] = {"native": ours, "portable": in_numpy}
    return {**found, "torch-sparse": torch_sparse} if peer else found


def dgl_seconds(case: Case, counts: list[int], python: str) -> float:
    with tempfile.NamedTemporaryFile(suffix=".pt") as file:
        torch.save((case.data.edge_index, torch.stack(case.seeds)), file.name)
        sizes = [case.data.num_nodes, *counts]
        command = [python, "-W", "ignore", str(DGL), file.name, *map(str, sizes)]
        answer = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(answer.stdout.splitlines()[-1])


def loader_seconds(load: Any, case: Case, counts: list[int], workers: int) -> float:
    """Returns the time of an epoch with features; workers have started before."""
    gc.collect()  # PyG's loaders end their workers only when they are collected.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyG recommends pyg-lib.
        loader = load(
            case.data,
            counts,
            input_nodes=torch.cat(case.seeds),
            batch_size=BATCH,
            num_workers=workers,
            persistent_workers=workers > 0,
        )
    times = [seconds(lambda: sum(1 for _ in loader)) for _ in range(4)]
    return min(times[1:])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edges", type=int, default=2_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--torch-sparse", help="its shared library")
    parser.add_argument("--dgl", help="Python of an environment with DGL 2.1")
    options = parser.parse_args()
    peer = options.torch_sparse is not None
    if peer:
        torch.ops.load_library(options.torch_sparse)
        torch_geometric.typing.WITH_TORCH_SPARSE = True
    torch.manual_seed(0)
    sampled, loaded = [], []
    names = ["native", "portable", *(["torch-sparse"] if peer else [])]
    for case in cases(options.edges):
        for counts in FAN_OUTS:
            check(case, counts)
            seeds = sum(map(len, case.seeds))
            best = race(alone(case, counts, peer), options.rounds)
            if options.dgl:
                best["DGL"] = dgl_seconds(case, counts, options.dgl)
            speeds = [f"{seeds / time:,.0f}" for time in best.values()]
            sampled.append([case.name, counts, *speeds])
            for workers in (0, 2):
                loaders = [neighbor_loader, *([NeighborLoader] if peer else [])]
                times = [loader_seconds(one, case, counts, workers) for one in loaders]
                speeds = [f"{seeds / time:,.0f}" for time in times]
                loaded.append([case.name, counts, workers, *speeds])
    print(f"seeds per second, batches of {BATCH}, {torch.get_num_threads()} threads\n")
    names += ["DGL"] if options.dgl else []
    print(table(["graph", "fan-outs", *names], sampled))
    print(f"\nin a loader, with {WIDTH} features of each node\n")
    loaders = ["neighbor_loader", *(["NeighborLoader, torch-sparse"] if peer else [])]
    print(table(["graph", "fan-outs", "workers", *loaders], loaded))


if __name__ == "__main__":
    main()

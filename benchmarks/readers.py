"""How long an edge list takes to read, and how much memory, beside other readers.

Run it: python benchmarks/readers.py --ties 10000000

Each reader runs in a process of its own, on the same file of integer ids separated by
tabs, whose sources are few and popular. `graphattn` is `datasets.load`, which numbers
the nodes, merges ties that are there twice, and adds features; `pandas` reads the two
columns and numbers them with `factorize`; `networkx` is `read_edgelist`. The memory is
the peak of the process beyond what it had before reading; the result's is that of the
tensors and the names of nodes. Without pandas or NetworkX, their rows are left out.
"""

import argparse
import importlib.util
import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import torch
from measure import power_law_graph

READERS = ("graphattn", "pandas", "networkx")


def resident() -> int:
    """Returns the memory of this process in bytes (Linux)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def read(reader: str, path: Path) -> tuple[int, int]:
    """Reads the file; returns the size of the result in bytes, and its ties."""
    if reader == "graphattn":
        from graphattn.datasets import load

        data = load(path, directed=True)
        held = [v for v in data.to_dict().values() if isinstance(v, torch.Tensor)]
        size = sum(v.numel() * v.element_size() for v in held)
        return size + sum(map(sys.getsizeof, data.node_names)), data.report["ties"]
    if reader == "pandas":
        import pandas as pd  # pyright: ignore[reportMissingImports]

        table = pd.read_csv(path, sep="\t", header=None)
        codes, names = pd.factorize(table.to_numpy().reshape(-1), sort=True)
        return codes.nbytes + names.nbytes, len(table)
    import networkx as nx

    graph = nx.read_edgelist(path, create_using=nx.DiGraph, nodetype=int)
    return 0, graph.number_of_edges()


def measured(reader: str, path: Path) -> dict[str, object]:
    """Reads once in this process, and watches its memory."""
    if reader == "graphattn":
        import polars  # noqa: F401

        from graphattn.datasets import load  # noqa: F401
    before, peak, done = resident(), [0], threading.Event()

    def watch() -> None:
        while not done.wait(0.01):
            peak[0] = max(peak[0], resident())

    watcher = threading.Thread(target=watch)
    watcher.start()
    wall, cpu = time.perf_counter(), time.process_time()
    size, ties = read(reader, path)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    done.set()
    watcher.join()
    return {
        "reader": reader,
        "ties": ties,
        "seconds": round(wall, 2),
        "cpu_seconds": round(cpu, 2),
        "peak_MiB": (peak[0] - before) >> 20,
        "result_MiB": size >> 20,
        "peak_per_result": round((peak[0] - before) / size, 2) if size else None,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ties", type=int, default=1_000_000)
    parser.add_argument("--readers", default=",".join(READERS))
    parser.add_argument("--one", help="Read PATH here with the only reader named.")
    terms = parser.parse_args()
    readers = terms.readers.split(",")
    if terms.one:
        print(json.dumps(measured(readers[0], Path(terms.one))))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ties.txt"
        edges = power_law_graph(max(terms.ties // 10, 2), terms.ties)
        np.savetxt(path, edges.t().numpy(), fmt="%d", delimiter="\t")
        for reader in readers:
            if importlib.util.find_spec(reader) is None:
                continue
            command = [sys.executable, "-W", "ignore", __file__, "--one", str(path)]
            subprocess.run([*command, "--readers", reader], check=True)


if __name__ == "__main__":
    main()

"""Times DGL's structure encodings; run by `structure.py --dgl` in its own environment.

usage: python dgl_structure.py GRAPHS.pt RESULTS.pt THREADS REPEAT

GRAPHS.pt holds a list of tuples (task, number, graphs) with graphs as (edges, nodes).
RESULTS.pt gets one tuple (seconds, results of the graphs) for each.
"""

import sys
import time

import torch


def main() -> None:
    import dgl  # pyright: ignore[reportMissingImports]

    tasks = {
        "eigenvectors": lambda graph, k: dgl.lap_pe(graph, k, padding=True),
        "walks": dgl.random_walk_pe,
        "distances": lambda graph, _: dgl.shortest_dist(graph, root=None),
    }
    graphs_path, results_path, threads, repeat = sys.argv[1:]
    torch.set_num_threads(int(threads))
    results = []
    for task, number, graphs in torch.load(graphs_path):
        made = [dgl.graph(tuple(edges), num_nodes=nodes) for edges, nodes in graphs]
        best, found = float("inf"), []
        for _ in range(int(repeat)):
            start = time.perf_counter()
            found = [torch.as_tensor(tasks[task](graph, number)) for graph in made]
            best = min(best, time.perf_counter() - start)
        results.append((best, found))
    torch.save(results, results_path)


if __name__ == "__main__":
    main()

"""Times DGL's dot attention; run by `kernels.py --dgl` in an environment of its own.

usage: python dgl_peer.py EDGES.pt NODES HEADS CHANNELS THREADS
"""

import json
import sys
import time

import torch


def main() -> None:
    import dgl  # pyright: ignore[reportMissingImports]
    import dgl.ops  # pyright: ignore[reportMissingImports]

    path, *sizes = sys.argv[1:]
    num_nodes, heads, channels, threads = map(int, sizes)
    torch.set_num_threads(threads)
    source, target = torch.load(path)
    graph = dgl.graph((source, target), num_nodes=num_nodes).int()
    graph.create_formats_()
    shape = (num_nodes, heads, channels)
    query, key, value = (torch.randn(shape).requires_grad_() for _ in range(3))
    grad = torch.randn(shape)

    def forward() -> torch.Tensor:
        score = dgl.ops.u_dot_v(graph, key, query) * channels**-0.5
        return dgl.ops.u_mul_e_sum(graph, value, dgl.ops.edge_softmax(graph, score))

    best = {"forward": float("inf"), "train": float("inf")}
    for _ in range(4):
        with torch.no_grad():
            start = time.perf_counter()
            forward()
            best["forward"] = min(best["forward"], time.perf_counter() - start)
        start = time.perf_counter()
        torch.autograd.grad(forward(), (query, key, value), grad)
        best["train"] = min(best["train"], time.perf_counter() - start)
    print(json.dumps(best))


if __name__ == "__main__":
    main()

"""Times DGL's sampler; run by `sampling.py --dgl` in an environment of its own.

usage: python dgl_sampling.py EDGES_AND_SEEDS.pt NODES FAN_OUT...
"""

import json
import sys
import time

import torch


def main() -> None:
    import dgl  # pyright: ignore[reportMissingImports]

    path, *sizes = sys.argv[1:]
    num_nodes, *fan_outs = map(int, sizes)
    (source, target), batches = torch.load(path)
    graph = dgl.graph((source, target), num_nodes=num_nodes).formats("csc")
    graph.create_formats_()
    best = float("inf")
    for _ in range(5):
        start = time.perf_counter()
        for nodes in batches:
            for fan_out in fan_outs:
                drawn = dgl.sampling.sample_neighbors(graph, nodes, fan_out)
                nodes = dgl.to_block(drawn, nodes).srcdata[dgl.NID]
        best = min(best, time.perf_counter() - start)
    print(json.dumps(best))


if __name__ == "__main__":
    main()

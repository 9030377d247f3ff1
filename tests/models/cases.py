"""A batch of small graphs, and the same batch with another structure."""

from dataclasses import replace

import torch

from graphattn import patterns
from graphattn.models import Columns, GraphBatch, GraphEncoder

SIZES = (5, 1, 7)
NODES, EDGES = Columns(3), Columns(1, (4,))


def make_batch(sizes=SIZES, seed: int = 3) -> GraphBatch:
    """Rings of the given sizes, whose nodes attend to themselves and the next."""
    generator = torch.Generator().manual_seed(seed)
    starts = [sum(sizes[:k]) for k in range(len(sizes))]
    edges = [
        (start + k, start + (k + 1) % size)
        for start, size in zip(starts, sizes, strict=True)
        for k in range(size)
    ]
    edge_index = torch.tensor(edges).T.contiguous()
    num_nodes = sum(sizes)
    return GraphBatch(
        x=torch.rand(num_nodes, 3, generator=generator),
        edge_index=edge_index,
        edge_attr=torch.randint(4, (len(edges), 1), generator=generator),
        batch=torch.arange(len(sizes)).repeat_interleave(torch.tensor(sizes)),
        num_graphs=len(sizes),
        attend=patterns.with_self_loops(edge_index, num_nodes),
        y=torch.zeros(len(sizes), 1),
    )


def attending(batch: GraphBatch, attend) -> GraphBatch:
    return replace(batch, attend=attend)


def make_encoder(seed: int = 7) -> GraphEncoder:
    torch.manual_seed(seed)
    return GraphEncoder(NODES, EDGES, channels=6, heads=3, layers=2).eval()

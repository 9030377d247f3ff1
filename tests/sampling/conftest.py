"""Graphs to sample from, and what holds of every sample."""

from collections.abc import Callable

import pytest
import torch
from graphs import random_graph
from torch import Tensor
from torch_geometric.data import Data, HeteroData
from torch_geometric.sampler import NodeSamplerInput, SamplerOutput

WRITES = ("author", "writes", "paper")
CITES = ("paper", "cites", "paper")
WRITTEN = ("paper", "rev_writes", "author")


@pytest.fixture
def graph() -> Data:
    """31 nodes, 211 edges (loops and duplicates among them), node 30 without any."""
    edge_index = random_graph(211, 29, 29).edge_index
    edge_index[:, :3] = torch.tensor([[4, 4, 7], [4, 4, 4]])
    return Data(
        x=torch.randn(31, 5),
        edge_index=edge_index,
        edge_attr=torch.arange(211.0),
        y=torch.arange(31),
    )


@pytest.fixture
def papers() -> HeteroData:
    """Authors write papers, papers cite papers."""
    data = HeteroData()
    data["author"].x = torch.randn(13, 3)
    data["paper"].x = torch.randn(23, 5)
    writes = random_graph(61, 13, 23).edge_index
    data[WRITES].edge_index = writes
    data[WRITTEN].edge_index = writes.flip(0)
    data[CITES].edge_index = random_graph(97, 23, 23).edge_index
    data[CITES].edge_attr = torch.arange(97.0)
    return data


@pytest.fixture
def seeds_at() -> Callable[..., NodeSamplerInput]:
    """Returns a function that makes a sampler's input of nodes."""

    def make(nodes, time=None, kind=None) -> NodeSamplerInput:
        nodes = torch.as_tensor(nodes, dtype=torch.long)
        return NodeSamplerInput(torch.arange(len(nodes)), nodes, time, kind)

    return make


@pytest.fixture
def check_edges() -> Callable[[SamplerOutput, Tensor], None]:
    """Returns a function that finds every sampled edge in the graph."""

    def check(out: SamplerOutput, edge_index: Tensor) -> None:
        ends = torch.stack([out.node[out.row], out.node[out.col]])
        assert torch.equal(ends, edge_index[:, out.edge])

    return check

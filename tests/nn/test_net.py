import copy
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
import torch
from graphs import GRAPHS, random_graph
from torch import Tensor
from torch.testing import assert_close
from torch_geometric.data import Batch, Data
from torch_geometric.loader import NeighborLoader
from torch_geometric.sampler import BaseSampler, NodeSamplerInput, SamplerOutput

from graphattn import Adjacency, patterns
from graphattn.nn import GraphAttention, GraphAttentionNet

EDGES = GRAPHS["unsorted"].edge_index


class Neighbours(BaseSampler):
    """All edges into the seeds, and the nodes at both ends; seeds come first."""

    num_neighbors = (-1,)

    def __init__(self, edge_index):
        super().__init__()
        self.edge_index = edge_index

    def sample_from_nodes(self, inputs: NodeSamplerInput, **_) -> SamplerOutput:
        seeds = inputs.node
        edge = torch.isin(self.edge_index[1], seeds).nonzero().flatten()
        source, target = self.edge_index[:, edge]
        others = source[~torch.isin(source, seeds)].unique()
        node = torch.cat([seeds, others])
        place = torch.empty(13, dtype=torch.int64)
        place[node] = torch.arange(len(node))
        row, col = place[source], place[target]
        return SamplerOutput(node, row, col, edge, metadata=(inputs.input_id, None))

    def sample_from_edges(self, *_):
        raise NotImplementedError

    @property
    def edge_permutation(self) -> Tensor | None:
        return None


@pytest.mark.parametrize("jk", [None, "last", "cat", "max", "lstm"])
@pytest.mark.parametrize("out_channels", [None, 5])
@pytest.mark.parametrize("score", ["dot", "gatv2"])
def test_has_the_options_of_pygs_models(jk, out_channels, score):
    net = GraphAttentionNet(
        7, 6, 3, out_channels, jk=jk, norm="layer_norm", heads=2, score=score
    )
    x = torch.randn(13, 7)
    assert net(x, EDGES).shape == (13, out_channels or 6)
    assert repr(net) == f"GraphAttentionNet(7, {out_channels or 6}, num_layers=3)"
    net.reset_parameters()
    for other in (copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
        assert_close(other(x, EDGES), net(x, EDGES))


def test_is_its_layers_with_activations_between():
    net = GraphAttentionNet(7, 6, 2, 5, heads=3, edge_dim=2)
    x, attr = torch.randn(13, 7), torch.randn(61, 2)
    first, second = net.convs
    assert isinstance(first, GraphAttention)
    assert (first.concat, second.concat) == (True, False)
    want = second(first(x, EDGES, attr).relu(), EDGES, attr)
    assert_close(net(x, EDGES, edge_attr=attr), want)
    assert_close(net(x, Adjacency.from_edge_index(EDGES, 13), edge_attr=attr), want)


def test_learns_what_a_node_receives():
    net = GraphAttentionNet(7, 12, 2, 3, heads=2)
    x = torch.randn(13, 7)
    label = torch.zeros(13).index_add(0, EDGES[1], x[EDGES[0], 0]).sign().long() + 1
    optimizer = torch.optim.Adam(net.parameters(), lr=0.02)
    for _ in range(100):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(net(x, EDGES), label).backward()
        optimizer.step()
    assert (net(x, EDGES).argmax(-1) == label).all()


def test_without_edges_every_graph_attends_within_itself():
    net = GraphAttentionNet(7, 6, 2, 5, heads=2).double()
    graphs = [Data(x=torch.randn(n, 7).double(), num_nodes=n) for n in (5, 1, 3)]
    together = Batch.from_data_list(graphs)
    alone = torch.cat([net(graph.x) for graph in graphs])
    assert_close(net(together.x, batch=together.batch), alone)
    edges = patterns.full(9, batch=together.batch).edge_index
    assert_close(net(together.x, edges), alone)


def test_lazy_widths_come_from_the_first_input():
    net = GraphAttentionNet(-1, 6, 2, heads=2)
    assert net(torch.randn(13, 7), EDGES).shape == (13, 6)
    net = GraphAttentionNet((-1, -1), 6, 1, heads=2)
    x = torch.randn(5, 7), torch.randn(11, 2)
    assert net(x, GRAPHS["bipartite"].edge_index).shape == (11, 6)


def test_trimming_leaves_the_seeds_as_they_are():
    net = GraphAttentionNet(7, 6, 2, 5, heads=2, edge_dim=3)
    near, far = random_graph(11, 7, 2).edge_index, random_graph(17, 13, 5).edge_index
    edges = torch.cat([near, far + torch.tensor([[0], [2]])], dim=1)
    x, attr = torch.randn(13, 7), torch.randn(28, 3)
    trimmed = net(
        x,
        edges,
        edge_attr=attr,
        num_sampled_nodes_per_hop=[2, 5, 6],
        num_sampled_edges_per_hop=[11, 17],
    )
    assert_close(trimmed[:2], net(x, edges, edge_attr=attr)[:2])


@pytest.mark.parametrize("cache", [False, True])
def test_inference_layer_by_layer_equals_the_whole_graph(cache):
    net = GraphAttentionNet(7, 6, 3, 5, heads=2).eval()
    data = Data(x=torch.randn(13, 7), edge_index=EDGES)
    loader = NeighborLoader(
        data, [-1], batch_size=5, neighbor_sampler=Neighbours(EDGES)
    )
    assert_close(net.inference(loader, cache=cache), net(data.x, EDGES))


def test_compiles_exports_and_becomes_heterogeneous():
    script = Path(__file__).with_name("traced.py")
    answer = subprocess.run(
        [sys.executable, "-W", "ignore", str(script)], capture_output=True, text=True
    )
    assert answer.returncode == 0, answer.stderr[-3000:]
    assert answer.stdout.strip() == "traced"


def test_refuses_edge_weights_and_says_where_they_go():
    net = GraphAttentionNet(7, 6, 2)
    with pytest.raises(ValueError, match="edge_weight as edge_attr"):
        net(torch.randn(13, 7), EDGES, torch.rand(61))

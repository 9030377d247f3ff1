"""Neighbours of nodes in a graph of one kind."""

import pickle
import warnings

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch_geometric.data import Data
from torch_geometric.sampler import NumNeighbors, SamplerOutput
from torch_geometric.sampler.base import SubgraphType
from torch_geometric.utils import trim_to_layer

from graphattn import GraphAttention
from graphattn.sampling import NeighborSampler

SEEDS = [3, 17, 30, 4]
shared = settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def in_edges(graph, node):
    return set((graph.edge_index[1] == node).nonzero()[:, 0].tolist())


def edges_within(graph, nodes):
    both = torch.isin(graph.edge_index, nodes).all(0)
    return both.nonzero()[:, 0].tolist()


@given(
    hops=st.lists(st.integers(-1, 9), max_size=3),
    replace=st.booleans(),
    disjoint=st.booleans(),
    seeds=st.lists(st.integers(0, 30), max_size=7),
)
@shared
def test_every_sample_is_one_of_the_graph(
    graph, seeds_at, check_edges, hops, replace, disjoint, seeds
):
    sampler = NeighborSampler(graph, hops, replace=replace, disjoint=disjoint)
    out = sampler.sample_from_nodes(seeds_at(seeds))
    check_edges(out, graph.edge_index)
    assert out.node[: len(seeds)].tolist() == seeds
    assert sum(out.num_sampled_nodes) == len(out.node)
    assert sum(out.num_sampled_edges) == len(out.row)
    new = out.node[len(seeds) :]
    keys = new if out.batch is None else out.batch[len(seeds) :] * 31 + new
    assert len(keys.unique()) == len(keys)
    if disjoint:
        assert out.batch[: len(seeds)].tolist() == list(range(len(seeds)))
        assert torch.equal(out.batch[out.row], out.batch[out.col])
    node_ends = torch.tensor(out.num_sampled_nodes).cumsum(0).tolist()
    edge = 0
    for hop, count in enumerate(hops):
        first = node_ends[hop - 1] if hop else 0
        for place in range(first, node_ends[hop]):
            of_place = (out.col == place).nonzero()[:, 0]
            neighbours = in_edges(graph, int(out.node[place]))
            wanted = len(neighbours) if count < 0 else min(count, len(neighbours))
            if replace and count > 0 and neighbours:
                wanted = count
            assert len(of_place) == wanted
            assert replace or len(out.edge[of_place].unique()) == wanted
        found = out.num_sampled_edges[hop]
        assert (out.row[edge : edge + found] < node_ends[hop + 1]).all()
        edge += found


def test_a_sample_is_a_function_of_the_seed_of_the_generator(graph, seeds_at):
    sampler = NeighborSampler(graph, [3, 3])
    drawn = []
    for seed in (5, 5, 6):
        torch.manual_seed(seed)
        drawn.append(sampler.sample_from_nodes(seeds_at(SEEDS)).edge)
    assert torch.equal(drawn[0], drawn[1])
    assert drawn[0].tolist() != drawn[2].tolist()
    assert sampler.sample_from_nodes(seeds_at(SEEDS)).edge.tolist() != drawn[2].tolist()


def test_the_sample_of_a_seed_is_the_same_everywhere(seeds_at):
    """Fixed numbers, so that a change of the generator does not go unseen."""
    source = torch.arange(101)
    graph = Data(edge_index=torch.stack([source, source * 0]), num_nodes=101)
    torch.manual_seed(7)
    out = NeighborSampler(graph, [5]).sample_from_nodes(seeds_at([0]))
    assert out.edge.tolist() == [56, 1, 43, 8, 99]


def test_induced_is_every_edge_between_the_nodes(graph, seeds_at, check_edges):
    sampler = NeighborSampler(graph, [3, 2], subgraph_type="induced")
    out = sampler.sample_from_nodes(seeds_at(SEEDS))
    check_edges(out, graph.edge_index)
    assert out.num_sampled_nodes is None
    assert out.num_sampled_edges is None
    assert out.edge.sort().values.tolist() == edges_within(graph, out.node)
    older = NeighborSampler(graph, [3, 2], directed=False)
    assert older.subgraph_type == SubgraphType.induced


def test_induced_and_disjoint_stays_within_each_seed(graph, seeds_at, check_edges):
    sampler = NeighborSampler(graph, [2, 2], subgraph_type="induced", disjoint=True)
    out = sampler.sample_from_nodes(seeds_at(SEEDS))
    check_edges(out, graph.edge_index)
    for seed in range(len(SEEDS)):
        nodes = out.node[out.batch == seed]
        found = out.edge[out.batch[out.row] == seed]
        assert found.sort().values.tolist() == edges_within(graph, nodes)


def test_bidirectional_adds_every_reverse(graph, seeds_at):
    sampler = NeighborSampler(graph, [3, 2], subgraph_type=SubgraphType.bidirectional)
    torch.manual_seed(3)
    out = sampler.sample_from_nodes(seeds_at(SEEDS))
    torch.manual_seed(3)
    one_way = NeighborSampler(graph, [3, 2]).sample_from_nodes(seeds_at(SEEDS))
    pairs = set(zip(one_way.row.tolist(), one_way.col.tolist(), strict=True))
    both = pairs | {(col, row) for row, col in pairs}
    assert set(zip(out.row.tolist(), out.col.tolist(), strict=True)) == both
    assert len(out.row) == len(both)


def test_backward_draws_where_edges_lead(graph, seeds_at, check_edges):
    sampler = NeighborSampler(graph, [-1], sample_direction="backward")
    out = sampler.sample_from_nodes(seeds_at([3, 17]))
    check_edges(out, graph.edge_index)
    leaving = (graph.edge_index[0] == 3) | (graph.edge_index[0] == 17)
    assert set(out.edge.tolist()) == set(leaving.nonzero()[:, 0].tolist())
    assert (out.row < 2).all()


def test_heavy_edges_are_drawn_and_those_without_weight_are_not(graph, seeds_at):
    graph.edge_weight = (torch.arange(211) % 3).float()
    sampler = NeighborSampler(graph, [2, 2], weight_attr="edge_weight")
    out = sampler.sample_from_nodes(seeds_at(torch.arange(31)))
    assert len(out.edge) > 30
    assert (graph.edge_weight[out.edge] > 0).all()


@pytest.mark.parametrize(
    "given",
    [[4, 2], (4, 2), NumNeighbors([4, 2])],
    ids=["list", "tuple", "NumNeighbors"],
)
def test_num_neighbors_is_set_again(graph, seeds_at, given):
    sampler = NeighborSampler(graph, [1])
    sampler.num_neighbors = given
    assert len(sampler.sample_from_nodes(seeds_at([3])).num_sampled_edges) == 2
    assert sampler.num_neighbors.num_hops == 2


def two_layers(graph):
    first, second = GraphAttention(5, 8, heads=2), GraphAttention(8, 3)
    return first, second, second(first(graph.x, graph.edge_index), graph.edge_index)


@pytest.mark.parametrize("disjoint", [False, True])
def test_all_neighbours_give_what_the_whole_graph_gives(graph, seeds_at, disjoint):
    first, second, whole = two_layers(graph)
    sampler = NeighborSampler(graph, [-1, -1], disjoint=disjoint)
    seeds = torch.tensor([3, 17, 3, 30, 4])
    out = sampler.sample_from_nodes(seeds_at(seeds))
    edges = torch.stack([out.row, out.col])
    got = second(first(graph.x[out.node], edges), edges)
    torch.testing.assert_close(got[: len(seeds)], whole[seeds])


def test_trimmed_layers_give_what_the_whole_graph_gives(graph, seeds_at):
    first, second, whole = two_layers(graph)
    out = NeighborSampler(graph, [-1, -1]).sample_from_nodes(seeds_at(SEEDS))
    hops = out.num_sampled_nodes, out.num_sampled_edges
    x, edges = graph.x[out.node], torch.stack([out.row, out.col])
    x = first(x, edges)
    x, edges, _ = trim_to_layer(1, *hops, x, edges)
    assert edges.max() < len(x) < len(out.node)
    torch.testing.assert_close(second(x, edges)[: len(SEEDS)], whole[SEEDS])


def test_no_seeds_draw_nothing(graph, seeds_at):
    for kind in SubgraphType:
        out = NeighborSampler(graph, [2, -1], kind).sample_from_nodes(seeds_at([]))
        assert len(out.node) == len(out.row) == len(out.col) == len(out.edge) == 0


def test_a_graph_without_edges_gives_the_seeds(seeds_at):
    graph = Data(x=torch.randn(3, 2))
    out = NeighborSampler(graph, [2]).sample_from_nodes(seeds_at([2, 0]))
    assert out.node.tolist() == [2, 0]
    assert out.num_sampled_nodes == [2, 0]


@pytest.mark.parametrize("share", [False, True])
def test_a_pickled_sampler_draws_the_same(graph, seeds_at, share):
    sampler = NeighborSampler(graph, [3, 3], share_memory=share)
    assert sampler.graph.relations[0].col.is_shared() == share
    copy = pickle.loads(pickle.dumps(sampler))
    drawn = []
    for one in (sampler, copy):
        torch.manual_seed(2)
        drawn.append(one.sample_from_nodes(seeds_at(SEEDS)).edge)
    assert torch.equal(*drawn)


def test_it_is_a_drop_in_and_warns_of_nothing(graph, seeds_at):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        out = NeighborSampler(graph, [2]).sample_from_nodes(seeds_at([1]))
    assert isinstance(out, SamplerOutput)
    assert out.metadata[0].tolist() == [0]

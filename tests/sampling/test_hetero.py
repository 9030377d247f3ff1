"""Graphs with types of nodes and edges."""

import pytest
import torch
from torch_geometric.sampler import (
    EdgeSamplerInput,
    HeteroSamplerOutput,
    NegativeSampling,
    NumNeighbors,
)
from torch_geometric.utils import trim_to_layer

from graphattn import GraphAttention
from graphattn.sampling import NeighborSampler

WRITES = ("author", "writes", "paper")
CITES = ("paper", "cites", "paper")
WRITTEN = ("paper", "rev_writes", "author")
TYPES = [WRITES, CITES, WRITTEN]
SEEDS = [3, 17, 22]


def check_edges(out, data):
    for kind in data.edge_types:
        source, _, target = kind
        ends = out.node[source][out.row[kind]], out.node[target][out.col[kind]]
        wanted = data[kind].edge_index[:, out.edge[kind]]
        assert torch.equal(torch.stack(ends), wanted)


@pytest.mark.parametrize("disjoint", [False, True])
@pytest.mark.parametrize("direction", ["forward", "backward"])
def test_every_edge_is_one_of_its_type(papers, seeds_at, disjoint, direction):
    sampler = NeighborSampler(
        papers, [3, 2, 1], disjoint=disjoint, sample_direction=direction
    )
    out = sampler.sample_from_nodes(seeds_at(SEEDS, kind="paper"))
    assert isinstance(out, HeteroSamplerOutput)
    check_edges(out, papers)
    assert out.node["paper"][:3].tolist() == SEEDS
    assert sum(map(len, out.edge.values())) > 20
    for kind in papers.node_types:
        assert len(out.num_sampled_nodes[kind]) == 4
        assert sum(out.num_sampled_nodes[kind]) == len(out.node[kind])
    for kind in TYPES:
        assert len(out.num_sampled_edges[kind]) == 3
        assert sum(out.num_sampled_edges[kind]) == len(out.edge[kind])
        if disjoint:
            row, col = out.row[kind], out.col[kind]
            assert torch.equal(out.batch[kind[0]][row], out.batch[kind[2]][col])


def test_each_type_of_edges_has_its_own_numbers(papers, seeds_at):
    wanted = {WRITES: [2, 0], CITES: [1, 0], WRITTEN: [0, -1]}
    for given in (wanted, NumNeighbors({CITES: [1, 0], WRITTEN: [0, -1]}, [2, 0])):
        sampler = NeighborSampler(papers, given)
        out = sampler.sample_from_nodes(seeds_at(SEEDS, kind="paper"))
        sampled = out.num_sampled_edges
        for kind, most in ((WRITES, 2), (CITES, 1)):
            degree = papers[kind].edge_index[1].bincount(minlength=23)[SEEDS]
            assert sampled[kind] == [int(degree.clamp(max=most).sum()), 0]
        authors = out.num_sampled_nodes["author"][1]
        written = papers[WRITTEN].edge_index[1]
        first = out.node["author"][:authors]
        assert sampled[WRITTEN] == [0, int(torch.isin(written, first).sum())]


def test_numbers_for_a_type_are_those_of_edges_also_backward(papers, seeds_at):
    wanted = {WRITES: [0], CITES: [0], WRITTEN: [-1]}
    sampler = NeighborSampler(papers, wanted, sample_direction="backward")
    out = sampler.sample_from_nodes(seeds_at([3], kind="paper"))
    leaving = (papers[WRITTEN].edge_index[0] == 3).nonzero()[:, 0]
    assert out.edge[WRITTEN].sort().values.tolist() == leaving.tolist()
    assert len(out.edge[WRITES]) == len(out.edge[CITES]) == 0


def test_induced_is_every_edge_between_the_nodes(papers, seeds_at):
    sampler = NeighborSampler(papers, [3, 2], subgraph_type="induced")
    out = sampler.sample_from_nodes(seeds_at(SEEDS, kind="paper"))
    check_edges(out, papers)
    for kind in TYPES:
        source, target = papers[kind].edge_index
        within = torch.isin(source, out.node[kind[0]])
        within &= torch.isin(target, out.node[kind[2]])
        found = out.edge[kind].sort().values.tolist()
        assert found == within.nonzero()[:, 0].tolist()


def test_bidirectional_joins_a_type_and_its_reverse(papers, seeds_at):
    sampler = NeighborSampler(papers, [3, 2], subgraph_type="bidirectional")
    out = sampler.sample_from_nodes(seeds_at(SEEDS, kind="paper"))
    assert torch.equal(out.row[WRITES], out.col[WRITTEN])
    assert torch.equal(out.col[WRITES], out.row[WRITTEN])


def test_trimmed_layers_give_what_the_whole_graph_gives(papers, seeds_at):
    """Papers listen to the papers they cite, then to the authors, as sampled."""
    papers["author"].x = torch.randn(13, 5)
    layers = [{kind: GraphAttention(5, 5) for kind in TYPES} for _ in range(2)]

    def step(layer, x, edges):
        out = {kind: torch.zeros_like(x[kind]) for kind in x}
        for kind, index in edges.items():
            pair = (x[kind[0]], x[kind[2]])
            out[kind[2]] = out[kind[2]] + layer[kind](pair, index)
        return out

    edges = papers.edge_index_dict
    whole = step(layers[1], step(layers[0], papers.x_dict, edges), edges)
    out = NeighborSampler(papers, [-1, -1]).sample_from_nodes(
        seeds_at(SEEDS, kind="paper")
    )
    hops = out.num_sampled_nodes, out.num_sampled_edges
    x = {kind: papers[kind].x[node] for kind, node in out.node.items()}
    edges = {kind: torch.stack([out.row[kind], out.col[kind]]) for kind in TYPES}
    x = step(layers[0], x, edges)
    x, edges, _ = trim_to_layer(1, *hops, x, edges)
    x = step(layers[1], x, edges)
    torch.testing.assert_close(x["paper"][:3], whole["paper"][SEEDS])


@pytest.mark.parametrize("disjoint", [False, True])
@pytest.mark.parametrize("kind", [WRITES, CITES])
def test_links_between_types_come_with_their_negatives(papers, kind, disjoint):
    pairs = papers[kind].edge_index[:, :9]
    links = EdgeSamplerInput(torch.arange(9), *pairs, input_type=kind)
    sampler = NeighborSampler(papers, [2, 2], disjoint=disjoint)
    out = sampler.sample_from_edges(links, NegativeSampling("binary", 0.5))
    check_edges(out, papers)
    source, target = out.metadata[1]
    found = out.node[kind[0]][source], out.node[kind[2]][target]
    assert torch.equal(torch.stack(found)[:, :9], pairs)
    assert len(source) == 14
    if disjoint:
        assert torch.equal(out.batch[kind[0]][source], out.batch[kind[2]][target])


def test_triplets_between_types_hold_negatives_for_each_link(papers):
    pairs = papers[WRITES].edge_index[:, :9]
    links = EdgeSamplerInput(torch.arange(9), *pairs, input_type=WRITES)
    sampler = NeighborSampler(papers, [2], disjoint=True)
    out = sampler.sample_from_edges(links, NegativeSampling("triplet", 2))
    _, source, target, negative, _ = out.metadata
    assert torch.equal(out.node["author"][source], pairs[0])
    assert torch.equal(out.node["paper"][target], pairs[1])
    batch = out.batch["paper"][negative]
    assert torch.equal(batch, torch.arange(9)[:, None].expand(9, 2))


def test_a_type_of_nodes_that_no_edge_reaches_is_there_and_empty(papers, seeds_at):
    papers["venue"].x = torch.randn(3, 2)
    sampler = NeighborSampler(papers, [2])
    out = sampler.sample_from_nodes(seeds_at([1, 2], kind="venue"))
    assert out.node["venue"].tolist() == [1, 2]
    assert len(out.node["paper"]) == 0
    assert out.num_sampled_nodes["paper"] == [0, 0]

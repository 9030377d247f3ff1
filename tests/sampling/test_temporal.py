"""Nothing later than its seed is drawn."""

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch_geometric.sampler import EdgeSamplerInput, NegativeSampling

from graphattn.sampling import NeighborSampler, link_neighbor_loader, neighbor_loader

shared = settings(
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture(autouse=True)
def _times(graph):
    graph.time = torch.randint(50, (31,))
    graph.edge_time = torch.randint(50, (211,))


@given(
    hops=st.lists(st.integers(-1, 5), min_size=1, max_size=3),
    strategy=st.sampled_from(["uniform", "last"]),
    replace=st.booleans(),
    kind=st.sampled_from(["directional", "induced"]),
    until=st.lists(st.integers(-1, 51), min_size=5, max_size=5),
)
@shared
def test_no_edge_and_no_node_is_from_the_future(
    graph, seeds_at, check_edges, hops, strategy, replace, kind, until
):
    seeds, until = seeds_at([3, 17, 3, 30, 4], torch.tensor(until)), torch.tensor(until)
    for time_attr in ("time", "edge_time"):
        sampler = NeighborSampler(
            *(graph, hops, kind, replace),
            temporal_strategy=strategy,
            time_attr=time_attr,
        )
        assert sampler.disjoint
        out = sampler.sample_from_nodes(seeds)
        check_edges(out, graph.edge_index)
        if time_attr == "time":
            assert (graph.time[out.node[5:]] <= until[out.batch[5:]]).all()
            assert (graph.time[out.node[out.row]] <= until[out.batch[out.col]]).all()
        else:
            assert (graph.edge_time[out.edge] <= until[out.batch[out.col]]).all()


@pytest.mark.parametrize("time_attr", ["time", "edge_time"])
def test_last_draws_the_latest(graph, seeds_at, time_attr):
    nodes, until = torch.arange(31), torch.randint(50, (31,))
    sampler = NeighborSampler(graph, [3], temporal_strategy="last", time_attr=time_attr)
    out = sampler.sample_from_nodes(seeds_at(nodes, until))
    when = graph.edge_time if time_attr == "edge_time" else graph.time
    if time_attr == "time":
        when = when[graph.edge_index[0]]
    for node in range(31):
        open_ = (graph.edge_index[1] == node) & (when <= until[node])
        latest = when[open_].sort().values[-3:]
        found = when[out.edge[out.col == node]].sort().values
        assert found.tolist() == latest.tolist()


def test_uniform_draws_each_open_neighbour_as_often(graph, seeds_at):
    node = int(graph.edge_index[1].bincount().argmax())
    sampler = NeighborSampler(graph, [1], time_attr="edge_time")
    draws = 5003
    until = torch.full((draws,), 25)
    out = sampler.sample_from_nodes(seeds_at(torch.full((draws,), node), until))
    open_ = (graph.edge_index[1] == node) & (graph.edge_time <= 25)
    count = int(open_.sum())
    assert count > 2
    found = out.edge.bincount(minlength=211)[open_].double()
    assert found.sum() == draws
    chi_square = float(((found - draws / count) ** 2 / (draws / count)).sum())
    assert chi_square < count - 1 + 5 * (2 * (count - 1)) ** 0.5


def test_seeds_have_their_own_time_unless_another_is_given(graph, seeds_at):
    sampler = NeighborSampler(graph, [-1], time_attr="time")
    out = sampler.sample_from_nodes(seeds_at(torch.arange(31)))
    assert (graph.time[out.node[out.row]] <= graph.time[out.node[out.col]]).all()
    loader = neighbor_loader(
        graph, [-1], input_time=graph.time - 60, time_attr="time", batch_size=31
    )
    batch = next(iter(loader))
    assert batch.num_edges == 0
    assert torch.equal(batch.seed_time, graph.time - 60)


def test_weights_and_times_go_together(graph, seeds_at):
    graph.edge_weight = (torch.arange(211) % 2).float()
    sampler = NeighborSampler(
        graph, [2, 2], time_attr="edge_time", weight_attr="edge_weight"
    )
    until = torch.full((31,), 30)
    out = sampler.sample_from_nodes(seeds_at(torch.arange(31), until))
    assert len(out.edge) > 20
    assert (graph.edge_weight[out.edge] == 1).all()
    assert (graph.edge_time[out.edge] <= 30).all()


@pytest.mark.parametrize("mode", ["binary", "triplet"])
def test_links_respect_the_time_of_each_pair(graph, mode):
    loader = link_neighbor_loader(
        graph,
        [3, 3],
        edge_label_time=graph.edge_time + 20,
        time_attr="edge_time",
        neg_sampling=NegativeSampling(mode, 2),
        batch_size=53,
    )
    batch = next(iter(loader))
    until = graph.edge_time[:53] + 20
    when = graph.edge_time[batch.e_id]
    assert (when <= until[batch.batch[batch.edge_index[1]]]).all()


def test_negatives_are_not_from_the_future(graph):
    links = EdgeSamplerInput(
        torch.arange(53), *graph.edge_index[:, :53], time=torch.full((53,), 40)
    )
    sampler = NeighborSampler(graph, [2], time_attr="time")
    out = sampler.sample_from_edges(links, NegativeSampling("triplet", 3))
    assert (graph.time[out.node[out.metadata[3]]] <= 40).all()


def test_types_with_times_are_respected_and_others_are_open(papers, seeds_at):
    papers["paper"].time = torch.arange(23)
    sampler = NeighborSampler(papers, [-1, -1], time_attr="time")
    out = sampler.sample_from_nodes(seeds_at([20, 7], kind="paper"))
    until = torch.tensor([20, 7])
    assert (out.node["paper"] <= until[out.batch["paper"]]).all()
    writes = ("author", "writes", "paper")
    of_seed = (out.node["paper"][out.col[writes]] == 7) & (out.col[writes] == 1)
    assert of_seed.sum() == (papers[writes].edge_index[1] == 7).sum()

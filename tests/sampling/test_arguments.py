"""What a sampler refuses, and how it says so."""

import pytest
import torch
from torch_geometric.sampler import EdgeSamplerInput, NegativeSampling

from graphattn.sampling import NeighborSampler


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"subgraph_type": "whole"}, "subgraph_type must be one of directional, bid"),
        ({"temporal_strategy": "first"}, "temporal_strategy must be one of uniform,"),
        ({"sample_direction": "up"}, "sample_direction must be one of forward, backw"),
        ({"num_neighbors": [2, -2]}, r"whole numbers, at least 0, or -1 .*\n.*-2"),
        ({"num_neighbors": {("a", "b", "c"): [2]}}, "needs a HeteroData; give a list"),
        ({"time_attr": "age"}, "time_attr must name an attribute of the nodes or of"),
        ({"weight_attr": "y"}, "weight_attr must name an attribute of the edges"),
        ({"time_attr": "edge_attr"}, r"whole number .* with .long\(\)(.|\n)*float32"),
        (
            {"time_attr": "y", "sample_direction": "backward"},
            "sampling backward does not respect times; drop time_attr",
        ),
    ],
)
def test_unfit_arguments_are_named(graph, arguments, message):
    given = {"num_neighbors": [2], **arguments}
    with pytest.raises(ValueError, match=message):
        NeighborSampler(graph, **given)


@pytest.mark.parametrize("bad", [-0.5, float("nan"), float("inf")])
def test_a_bad_weight_is_named(graph, bad):
    graph.weight = torch.ones(211)
    graph.weight[[37, 53]] = bad
    with pytest.raises(ValueError, match=rf"weight\[37\] = {bad}"):
        NeighborSampler(graph, [2], weight_attr="weight")


@pytest.mark.parametrize("bad", [-1, 31])
def test_an_edge_to_no_node_is_named(graph, bad):
    graph.edge_index[1, 41] = bad
    for direction in ("forward", "backward"):
        with pytest.raises(ValueError, match=rf"edge_index\[1, 41\] = {bad}"):
            NeighborSampler(graph, [2], sample_direction=direction)


@pytest.mark.parametrize("bad", [-1, 31])
def test_a_seed_that_is_no_node_is_named(graph, seeds_at, bad):
    for time_attr in (None, "y"):
        sampler = NeighborSampler(graph, [2], time_attr=time_attr)
        with pytest.raises(ValueError, match=rf"seed 1 = {bad}\n"):
            sampler.sample_from_nodes(seeds_at([3, bad]))


def test_types_that_the_graph_has_not_are_refused(papers, seeds_at):
    with pytest.raises(ValueError, match="exist in the graph"):
        NeighborSampler(papers, {("paper", "likes", "paper"): [2]})
    sampler = NeighborSampler(papers, [2])
    with pytest.raises(ValueError, match="seeds must be nodes of the graph"):
        sampler.sample_from_nodes(seeds_at([3], kind="venue"))


@pytest.mark.filterwarnings("ignore:.*infer .num_nodes.*:UserWarning")
def test_a_type_of_nodes_without_a_size_is_refused(papers):
    del papers["author"].x
    with pytest.raises(ValueError, match=r"set num_nodes\..*\n.*'author'"):
        NeighborSampler(papers, [2])


def test_edges_in_another_form_are_refused(graph):
    graph.adj_t = torch.eye(31).to_sparse()
    del graph.edge_index
    with pytest.raises(ValueError, match="in edge_index, not in adj_t"):
        NeighborSampler(graph, [2])


def test_a_seed_needs_a_time_where_edges_have_times(graph, seeds_at):
    graph.edge_time = torch.arange(211)
    sampler = NeighborSampler(graph, [2], time_attr="edge_time")
    with pytest.raises(ValueError, match="every seed needs a time: give input_time"):
        sampler.sample_from_nodes(seeds_at([3]))


def test_times_of_links_need_a_sampler_that_respects_them(graph):
    links = EdgeSamplerInput(None, *graph.edge_index[:, :5], time=torch.arange(5))
    with pytest.raises(ValueError, match="set time_attr"):
        NeighborSampler(graph, [2]).sample_from_edges(links)
    sampler = NeighborSampler(graph, [2], time_attr="y")
    links.time = None
    with pytest.raises(ValueError, match="give edge_label_time"):
        sampler.sample_from_edges(links, NegativeSampling("binary"))

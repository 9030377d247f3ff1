"""PyG's loaders over the sampler, with and without worker processes."""

import inspect
import warnings

import pytest
import torch
from torch_geometric.loader import (
    LinkLoader,
    LinkNeighborLoader,
    NeighborLoader,
    NodeLoader,
)
from torch_geometric.sampler import NegativeSampling

from graphattn.sampling import NeighborSampler, link_neighbor_loader, neighbor_loader

CITES = ("paper", "cites", "paper")


def check_batch(batch, graph):
    assert torch.equal(batch.x, graph.x[batch.n_id])
    assert torch.equal(batch.n_id[batch.edge_index], graph.edge_index[:, batch.e_id])
    assert torch.equal(batch.edge_attr, graph.edge_attr[batch.e_id])
    assert sum(batch.num_sampled_nodes) == batch.num_nodes
    assert sum(batch.num_sampled_edges) == batch.num_edges


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [(neighbor_loader, NeighborLoader), (link_neighbor_loader, LinkNeighborLoader)],
)
def test_arguments_are_those_of_pyg(ours, theirs):
    mine = inspect.signature(ours).parameters
    pyg = inspect.signature(theirs.__init__).parameters
    assert list(mine) == list(pyg)[1:]
    defaults = {name: one.default for name, one in pyg.items() if name != "self"}
    assert {name: one.default for name, one in mine.items()} == defaults


@pytest.mark.parametrize("workers", [0, 2])
def test_batches_cover_the_nodes_and_are_reproducible(graph, workers):
    settings = {"batch_size": 7, "num_workers": workers, "shuffle": True}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        loader = neighbor_loader(graph, [3, 2], **settings)
        assert isinstance(loader, NodeLoader)
        runs = []
        for _ in range(2):
            torch.manual_seed(5)
            runs.append(list(loader))
    assert len(runs[0]) == 5
    seeds = torch.cat([batch.n_id[: batch.batch_size] for batch in runs[0]])
    assert seeds.sort().values.tolist() == list(range(31))
    for batch, again in zip(*runs, strict=True):
        check_batch(batch, graph)
        assert torch.equal(batch.e_id, again.e_id)
    assert runs[0][0].e_id.tolist() != runs[0][1].e_id.tolist()


def test_workers_draw_from_generators_of_their_own(graph):
    same_seed = torch.full((8,), 4)
    loader = neighbor_loader(
        graph, [3], input_nodes=same_seed, batch_size=1, num_workers=2
    )
    drawn = [tuple(batch.e_id.tolist()) for batch in loader]
    assert len(set(drawn)) > 4


def test_spawned_workers_take_the_sampler_with_them(graph):
    loader = neighbor_loader(
        graph,
        [3, 2],
        input_nodes=torch.arange(31) < 9,
        batch_size=5,
        num_workers=1,
        multiprocessing_context="spawn",
    )
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        batches = list(loader)
    assert [batch.batch_size for batch in batches] == [5, 4]
    for batch in batches:
        check_batch(batch, graph)


def test_features_may_be_gathered_by_the_main_process(graph):
    loader = neighbor_loader(graph, [2], batch_size=31, filter_per_worker=False)
    check_batch(next(iter(loader)), graph)


def test_a_sampler_and_transforms_may_be_given(graph):
    sampler = NeighborSampler(graph, [1])
    loader = neighbor_loader(
        graph,
        [9, 9],
        batch_size=31,
        neighbor_sampler=sampler,
        transform=lambda batch: batch.num_edges,
    )
    assert loader.node_sampler is sampler
    assert next(iter(loader)) <= 31


def test_input_time_without_a_time_attribute_is_refused(graph):
    with pytest.raises(ValueError, match="input_time needs time_attr"):
        neighbor_loader(graph, [2], input_time=torch.zeros(31))


@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.parametrize("disjoint", [False, True])
@pytest.mark.parametrize("amount", [1, 2, 0.5])
def test_binary_negatives_follow_the_links(graph, workers, disjoint, amount):
    loader = link_neighbor_loader(
        graph,
        [3, 2],
        batch_size=50,
        neg_sampling=NegativeSampling("binary", amount),
        disjoint=disjoint,
        num_workers=workers,
    )
    assert isinstance(loader, LinkLoader)
    batch = next(iter(loader))
    check_batch(batch, graph)
    pairs = batch.n_id[batch.edge_label_index]
    assert torch.equal(pairs[:, :50], graph.edge_index[:, :50])
    assert batch.edge_label.tolist() == [1.0] * 50 + [0.0] * int(50 * amount)
    if disjoint:
        assert torch.equal(*batch.batch[batch.edge_label_index])
        assert torch.equal(*batch.batch[batch.edge_index])


@pytest.mark.parametrize("disjoint", [False, True])
def test_triplets_hold_negatives_for_each_link(graph, disjoint):
    loader = link_neighbor_loader(
        graph,
        [3],
        batch_size=50,
        disjoint=disjoint,
        neg_sampling={"mode": "triplet", "amount": 2},
    )
    batch = next(iter(loader))
    check_batch(batch, graph)
    found = batch.n_id[torch.stack([batch.src_index, batch.dst_pos_index])]
    assert torch.equal(found, graph.edge_index[:, :50])
    assert batch.dst_neg_index.numel() == 100


def test_links_keep_their_labels_without_negatives(graph):
    pairs = graph.edge_index[:, 100:150]
    loader = link_neighbor_loader(
        graph, [-1], pairs, edge_label=torch.arange(50), batch_size=20
    )
    batches = list(loader)
    assert torch.cat([batch.edge_label for batch in batches]).tolist() == [*range(50)]
    found = [batch.n_id[batch.edge_label_index] for batch in batches]
    assert torch.equal(torch.cat(found, dim=1), pairs)


def test_times_of_links_and_a_time_attribute_go_together(graph):
    with pytest.raises(ValueError, match="give both or neither"):
        link_neighbor_loader(graph, [2], edge_label_time=torch.zeros(211))


@pytest.mark.parametrize("workers", [0, 2])
def test_types_of_nodes_are_loaded(papers, workers):
    loader = neighbor_loader(
        papers,
        [3, 2],
        input_nodes=("paper", torch.arange(11)),
        batch_size=6,
        num_workers=workers,
    )
    for batch in loader:
        paper = batch["paper"]
        assert torch.equal(paper.x, papers["paper"].x[paper.n_id])
        edges, ids = batch[CITES].edge_index, batch[CITES].e_id
        assert torch.equal(paper.n_id[edges], papers[CITES].edge_index[:, ids])
        assert torch.equal(batch[CITES].edge_attr, papers[CITES].edge_attr[ids])

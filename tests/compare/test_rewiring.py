import networkx as nx
import pytest
import torch

from graphattn.compare.rewiring import rewire


def arcs(graph: nx.Graph) -> torch.Tensor:
    pairs = list(graph.to_directed().edges)
    return torch.tensor(pairs, dtype=torch.long).reshape(-1, 2).T


def degrees(index: torch.Tensor, count: int) -> list[list[int]]:
    return [end.bincount(minlength=count).tolist() for end in index]


@pytest.fixture(scope="module")
def karate() -> torch.Tensor:
    return arcs(nx.karate_club_graph())


def test_degrees_stay_and_edges_go(karate):
    one = torch.zeros(34, dtype=torch.long)
    got = rewire(karate, one, seed=3)
    assert degrees(got, 34) == degrees(karate, 34)
    before, after = (set(zip(*i.tolist(), strict=True)) for i in (karate, got))
    assert len(after) == got.shape[1] == karate.shape[1]
    assert all((j, i) in after for i, j in after)
    assert all(i != j for i, j in after)
    # The hubs of so dense a graph are tied to nearly everybody, whatever is drawn.
    assert len(before & after) < 0.6 * len(before)


def test_a_seed_gives_one_draw_and_seeds_differ(karate):
    one = torch.zeros(34, dtype=torch.long)
    first, again, other = (rewire(karate, one, seed) for seed in (5, 5, 6))
    assert first.equal(again)
    assert not first.equal(other)


def test_edges_that_go_one_way_keep_both_degrees():
    graph = nx.gnp_random_graph(23, 0.2, seed=1, directed=True)
    index = torch.tensor(list(graph.edges)).T
    got = rewire(index, torch.zeros(23, dtype=torch.long), seed=2)
    assert degrees(got, 23) == degrees(index, 23)
    assert len(set(zip(*got.tolist(), strict=True))) == index.shape[1]


def test_edges_stay_within_their_graph(molecule_task):
    graphs = molecule_task.graphs
    got = rewire(graphs.edges.index, graphs.batch, seed=0)
    sources, targets = graphs.batch[got]
    assert sources.equal(targets)
    count = len(graphs.x)
    assert degrees(got, count) == degrees(graphs.edges.index, count)


@pytest.mark.parametrize(
    "graph", [nx.empty_graph(3), nx.path_graph(2), nx.complete_graph(5)]
)
def test_where_nothing_can_be_swapped_all_stays(graph):
    index, count = arcs(graph), len(graph)
    got = rewire(index, torch.zeros(count, dtype=torch.long), seed=0)
    assert sorted(got.T.tolist()) == sorted(index.T.tolist())

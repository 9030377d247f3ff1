"""Both implementations draw the same sample, and it is one of the graph's."""

import math

import pytest
import torch
from graphs import GRAPHS, random_graph
from hypothesis import given, settings
from hypothesis import strategies as st

from graphattn import Adjacency
from graphattn.ops import native as library
from graphattn.ops.sample import Relation, Rules, Starts, native, portable

if library.AVAILABLE:
    DRAWERS = [native.sample, portable.sample]
else:
    DRAWERS = [portable.sample]
drawers = pytest.mark.parametrize(
    "draw", DRAWERS, ids=lambda draw: draw.__module__.rsplit(".", 1)[1]
)


def relation_of(graph, source=0, target=0, timed=False, weighted=False):
    """Compresses a graph; its edges' times and weights are drawn."""
    num_edges = graph.edge_index.shape[1]
    time = torch.randint(50, (num_edges,))
    order = time.argsort(stable=True)
    adjacency = Adjacency.from_edge_index(
        graph.edge_index[:, order], (graph.num_sources, graph.num_targets)
    )
    edge = order[adjacency.perm.long()]
    weight = torch.rand(num_edges, dtype=torch.float64)
    weight[::3] = 0.0
    return Relation(
        source,
        target,
        adjacency.rowptr,
        adjacency.col,
        edge.int(),
        time[edge] if timed else None,
        weight[edge] if weighted else None,
    )


def starts_at(nodes, times=None):
    return Starts(nodes, [(0, len(nodes))], times)


def same(one, other):
    for mine, theirs in zip(one[:5], other[:5], strict=True):
        assert all(map(torch.equal, mine, theirs))
    assert one[5:] == other[5:]


@pytest.mark.skipif(not library.AVAILABLE, reason=library.REASON)
@given(
    seed=st.integers(0, 2**63 - 1),
    hops=st.lists(st.tuples(*[st.sampled_from([-1, 0, 1, 3, 7, 60])] * 3), max_size=3),
    flags=st.tuples(*[st.booleans()] * 6),
)
@settings(max_examples=150, deadline=None)
def test_native_and_portable_draw_the_same(seed, hops, flags):
    replace, disjoint, induced, last, timed, weighted = flags
    rules = Rules(
        [[row[i] for row in hops] for i in range(3)],
        *(replace, disjoint or timed, induced, last),
    )
    torch.manual_seed(seed % 1000)
    kinds = {"timed": timed, "weighted": weighted}
    relations = [
        relation_of(random_graph(97, 13, 13), 0, 0, **kinds),
        relation_of(random_graph(61, 7, 13), 1, 0, **kinds),
        relation_of(random_graph(301, 13, 7), 0, 1, **kinds),
    ]
    starts = Starts(
        torch.tensor([3, 3, 12, 0, 6, 1]),
        [(0, 4), (4, 6)],
        torch.tensor([20, 30, 10, 49, 5, 25]) if timed else None,
    )
    same(
        native.sample(relations, [13, 7], starts, rules, seed),
        portable.sample(relations, [13, 7], starts, rules, seed),
    )


@pytest.mark.skipif(not library.AVAILABLE, reason=library.REASON)
@pytest.mark.parametrize("count", [2, -1])
@pytest.mark.parametrize("graph", GRAPHS.values(), ids=GRAPHS)
def test_native_and_portable_agree_on_awkward_graphs(graph, count):
    relation = relation_of(graph, source=1)
    num_nodes = [graph.num_targets, graph.num_sources]
    nodes = torch.arange(graph.num_targets)
    starts = Starts(nodes, [(0, len(nodes)), (len(nodes), len(nodes))])
    drawn = [
        draw([relation], num_nodes, starts, Rules([[count]]), 5) for draw in DRAWERS
    ]
    same(*drawn)


@drawers
@pytest.mark.parametrize("count", [2, 3, 50])
def test_every_set_of_neighbours_is_as_likely(draw, count):
    """A chi-square test over sets of 2 and 3 of 5, and of 50 of 52."""
    size = 5 if count < 50 else 52
    sets, draws = math.comb(size, count), 20000 if count < 50 else 40000
    edges = torch.stack([torch.arange(size), torch.zeros(size, dtype=torch.long)])
    adjacency = Adjacency.from_edge_index(edges, (size, 1))
    relation = Relation(1, 0, adjacency.rowptr, adjacency.col, adjacency.perm)
    starts = Starts(torch.zeros(draws, dtype=torch.long), [(0, draws), (draws, draws)])
    drawn = draw([relation], [1, size], starts, Rules([[count]]), 11)
    picks = torch.zeros(draws, size, dtype=torch.long)
    picks[drawn.col[0], drawn.edge[0]] = 1
    assert (picks.sum(1) == count).all()
    _, found = picks.unique(dim=0, return_counts=True)
    assert len(found) == sets
    chi_square = float(((found - draws / sets) ** 2 / (draws / sets)).sum())
    assert abs(chi_square - (sets - 1)) < 5 * (2 * (sets - 1)) ** 0.5


@drawers
def test_with_replacement_every_neighbour_is_as_likely_each_time(draw):
    relation = relation_of(random_graph(7, 7, 1), source=1)
    starts = Starts(torch.zeros(9001, dtype=torch.long), [(0, 9001), (9001, 9001)])
    drawn = draw([relation], [1, 7], starts, Rules([[5]], replace=True), 3)
    pairs = drawn.edge[0].reshape(-1, 5)
    table = torch.bincount(pairs[:, 0] * 7 + pairs[:, 4], minlength=49).double()
    expected = 9001 / 49
    assert float(((table - expected) ** 2 / expected).sum()) < 48 + 5 * 96**0.5


@drawers
@pytest.mark.parametrize("replace", [False, True])
def test_a_weight_says_how_likely_the_first_pick_is(draw, replace):
    relation = relation_of(random_graph(7, 7, 1), source=1, weighted=True)
    draws = 20011 if draw.__module__.endswith("native") else 3001
    starts = Starts(torch.zeros(draws, dtype=torch.long), [(0, draws), (draws, draws)])
    drawn = draw([relation], [1, 7], starts, Rules([[2]], replace=replace), 3)
    weight = torch.empty(7, dtype=torch.float64)
    weight[relation.perm.long()] = relation.weight
    share = weight / weight.sum()
    first, second = drawn.edge[0].reshape(-1, 2).T
    found = torch.bincount(first, minlength=7) / draws
    assert (found - share).abs().max() < 5 * (0.25 / draws) ** 0.5
    assert found[weight == 0].sum() == 0
    assert replace or (first != second).all()
    # The second pick is in proportion to what is left.
    left = share.repeat(7, 1)
    if not replace:
        left.fill_diagonal_(0.0)
    expected = share @ (left / left.sum(1, keepdim=True))
    found = torch.bincount(second, minlength=7) / draws
    assert (found - expected).abs().max() < 5 * (0.25 / draws) ** 0.5


@drawers
def test_fewer_likely_neighbours_than_wanted_are_all_drawn(draw):
    relation = relation_of(random_graph(61, 61, 1), source=1, weighted=True)
    starts = Starts(torch.tensor([0]), [(0, 1), (1, 1)])
    likely = (relation.weight > 0).sum()
    for count, found in ((60, likely), (61, likely), (-1, 61)):
        drawn = draw([relation], [1, 61], starts, Rules([[count]]), 3)
        assert len(drawn.edge[0]) == found


@drawers
@pytest.mark.parametrize("bad", [-1, 13, 2**40])
def test_a_start_that_is_no_node_is_named(draw, bad):
    relation = relation_of(random_graph(61, 13, 13))
    starts = starts_at(torch.tensor([3, bad, -7]))
    with pytest.raises(ValueError, match=rf"seed 1 = {bad}\n.*number of nodes = 13"):
        draw([relation], [13], starts, Rules([[2]]), 0)


@pytest.mark.skipif(not library.AVAILABLE, reason=library.REASON)
def test_samples_larger_than_the_first_table_are_numbered_right():
    graph = random_graph(40009, 30011, 30011)
    relation = relation_of(graph)
    starts = starts_at(torch.randperm(30011)[:5003])
    rules = Rules([[2, 2, 2]])
    same(*(draw([relation], [30011], starts, rules, 1) for draw in DRAWERS))

import pytest
import torch
from graphs import GRAPHS, leaf
from hypothesis import given
from hypothesis import strategies as st
from torch.testing import assert_close

from graphattn import Adjacency, graph_attention, patterns
from graphattn.functional import dense as dispatch

SIMPLE = sorted(set(GRAPHS) - {"duplicate_edges", "unsorted", "bipartite"})


def attend(edges, num_sources, num_targets, dense, **options):
    torch.manual_seed(0)
    query, key, value = (
        leaf(num_targets, 3, 5),
        leaf(num_sources, 3, 5),
        leaf(num_sources, 3, 7),
    )
    out = graph_attention(query, key, value, edges, dense=dense, **options)
    return out, *torch.autograd.grad(out.sin().sum(), (query, key, value))


@pytest.mark.parametrize("graph", SIMPLE)
def test_both_ways_give_the_same(graph):
    assert_close(attend(*GRAPHS[graph], True), attend(*GRAPHS[graph], False))


@given(st.sets(st.tuples(st.integers(0, 6), st.integers(0, 4)), min_size=1))
def test_any_set_of_pairs_gives_the_same(pairs):
    edges = torch.tensor(sorted(pairs)).T.contiguous()
    assert_close(
        attend(edges, 7, 5, True, scale=0.3), attend(edges, 7, 5, False, scale=0.3)
    )


@pytest.mark.parametrize(
    "options",
    [
        {"dropout": 0.5},
        {"edge_bias": torch.zeros(49, 3, dtype=torch.float64)},
        {"edge_mask": torch.ones(49, dtype=torch.bool)},
        {"edge_attr": torch.ones(49, 2, dtype=torch.float64)},
    ],
)
def test_what_a_mask_cannot_say_is_refused(options):
    with pytest.raises(ValueError, match="dense=True allows no duplicate edge"):
        attend(*GRAPHS["complete"], True, **options)


def test_duplicate_edges_are_refused_or_go_along_the_edges():
    with pytest.raises(ValueError, match="dense=True allows no duplicate edge"):
        attend(*GRAPHS["duplicate_edges"], True)
    twice = Adjacency.from_edge_index(patterns.full(131).edge_index.repeat(1, 2), 131)
    assert_close(attend(twice, 131, 131, None), attend(twice, 131, 131, False))


@pytest.mark.parametrize(
    ("adjacency", "ran"),
    [
        (patterns.full(131), True),
        (patterns.full(127), False),
        (patterns.causal(131), False),
        (patterns.window(131, 100), True),
        (patterns.window(131, 7), False),
    ],
)
def test_density_chooses(adjacency, ran, monkeypatch):
    calls = []
    attend_densely = dispatch.attend_densely
    monkeypatch.setattr(
        "graphattn.functional.dot.attend_densely",
        lambda *given: calls.append(given) or attend_densely(*given),
    )
    size = adjacency.num_sources
    assert_close(
        attend(adjacency, size, size, None), attend(adjacency, size, size, False)
    )
    assert len(calls) == ran

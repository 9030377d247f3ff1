import pytest
import torch
from dense import matrix
from graphs import random_graph
from hypothesis import given, settings
from hypothesis import strategies as st

from graphattn import Adjacency, patterns


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 1000), sizes=st.tuples(st.integers(1, 7), st.integers(1, 5)))
def test_patterns_combine_as_sets_of_pairs(seed, sizes):
    torch.manual_seed(seed)
    some, others, more = (
        Adjacency.from_edge_index(random_graph(edges, *sizes).edge_index, sizes)
        for edges in (11, 7, 5)
    )
    a, b, c = (matrix(adjacency) > 0 for adjacency in (some, others, more))
    union = patterns.union(some, others, more)
    assert torch.equal(matrix(union), (a | b | c).long())
    intersection = patterns.intersection(some, others, more)
    assert torch.equal(matrix(intersection), (a & b & c).long())
    without = patterns.without(some, others, more)
    assert torch.equal(matrix(without), (a & ~b & ~c).long())


def test_nothing_has_nothing_in_it():
    empty = Adjacency.from_edge_index(torch.empty(2, 0).long(), 0)
    assert patterns.union(empty, empty).num_edges == 0
    assert patterns.without(patterns.full(5), patterns.full(5)).num_edges == 0


def test_sizes_must_be_equal():
    with pytest.raises(ValueError, match="equal numbers of sources and of targets"):
        patterns.union(patterns.full(3), patterns.full(5))
    with pytest.raises(ValueError, match="at least one adjacency"):
        patterns.intersection()

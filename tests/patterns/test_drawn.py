import networkx
import pytest
import torch
from dense import SETS, batch_of, matrix, same_set
from hypothesis import given, settings
from hypothesis import strategies as st

from graphattn import patterns


@settings(max_examples=30, deadline=None)
@given(sizes=SETS, degree=st.integers(0, 5))
def test_random_nodes_are_different_ones_of_the_set(sizes, degree):
    batch = batch_of(sizes)
    got = matrix(patterns.random(sum(sizes), degree, seed=5, batch=batch))
    assert (got <= same_set(sizes).long()).all()
    assert torch.equal(got.sum(1), torch.tensor(sizes)[batch].clamp(max=degree))


def test_random_nodes_are_drawn_evenly():
    drawn = sum(matrix(patterns.random(7, 3, seed=seed)) for seed in range(2000))
    assert ((drawn / 2000 - 3 / 7).abs() < 0.05).all()


@pytest.mark.parametrize("degree", [2, 4, 6])
def test_an_expander_is_regular_simple_and_connected_in_each_set(degree):
    sizes = [1, 2, 3, 5, 7, 8, 41, 61, 211]
    batch = batch_of(sizes)
    got = matrix(patterns.expander(sum(sizes), degree, seed=3, batch=batch))
    assert got.max() == 1
    assert not got.diagonal().any()
    assert torch.equal(got, got.T)
    assert torch.equal(got.sum(1), torch.tensor(sizes)[batch].sub(1).clamp(max=degree))
    graph = networkx.from_numpy_array(got.numpy())
    assert networkx.number_connected_components(graph) == len(sizes)
    assert (got <= same_set(sizes).long()).all()


def test_an_expander_brings_every_node_near():
    got = matrix(patterns.expander(1009, 6, seed=0))
    graph = networkx.from_numpy_array(got.numpy())
    assert networkx.diameter(graph) <= 8


@pytest.mark.parametrize("pattern", [patterns.random, patterns.expander])
def test_the_seed_fixes_what_is_drawn(pattern):
    one, same, other = (pattern(101, 4, seed=seed).edge_index for seed in (1, 1, 2))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)
    assert pattern(0, 4, seed=1).num_edges == 0


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: patterns.random(5, -1, seed=0), "degree must not be negative"),
        (lambda: patterns.expander(5, 3, seed=0), "even and at least 2"),
        (lambda: patterns.expander(5, 0, seed=0), "even and at least 2"),
    ],
)
def test_refuse_what_makes_no_sense(call, says):
    with pytest.raises(ValueError, match=says):
        call()

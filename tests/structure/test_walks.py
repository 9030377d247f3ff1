import pytest
import torch
from graphs import GRAPHS, random_graph
from hypothesis import given, settings
from hypothesis import strategies as st
from structure.cases import SQUARE, alone, batches, weights
from torch.testing import assert_close

from graphattn import Adjacency, patterns
from graphattn.structure import alone as alone_
from graphattn.structure import return_probabilities, walk_probabilities, walks


def transition(edges, num_nodes, edge_weight=None):
    matrix = weights(edges, num_nodes, edge_weight)
    return matrix / matrix.sum(1, keepdim=True).where(matrix.sum(1)[:, None] > 0, 1.0)


def powers(matrix, steps):
    found = [torch.eye(len(matrix), dtype=torch.float64)]
    for _ in range(steps):
        found.append(found[-1] @ matrix)
    return torch.stack(found, dim=-1)


def check(edges, num_nodes, steps, batch=None, edge_weight=None):
    want = powers(transition(edges, num_nodes, edge_weight), steps)
    got = return_probabilities(
        edges, num_nodes, steps, batch=batch, edge_weight=edge_weight
    )
    assert got.shape == (num_nodes, steps)
    assert_close(got.double(), want.diagonal().T[:, 1:], rtol=1e-5, atol=1e-6)
    pairs = patterns.full(num_nodes).edge_index
    pairs = pairs[:, torch.randperm(pairs.shape[1])]
    got = walk_probabilities(
        edges, num_nodes, steps, pairs, batch=batch, edge_weight=edge_weight
    )
    want = want[pairs[0], pairs[1], :steps]
    assert_close(got.double(), want, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("sparse", [False, True])
@pytest.mark.parametrize("name", SQUARE)
def test_are_powers_of_the_transition_matrix(name, sparse, monkeypatch):
    if sparse:
        monkeypatch.setattr(alone_, "SMALL", 0)
        monkeypatch.setattr(walks, "_SMALL", 0)
        monkeypatch.setattr(walks, "_SPARSE_COST", 0)
    check(GRAPHS[name].edge_index, GRAPHS[name].num_targets, 5)


@settings(max_examples=30, deadline=None)
@given(batches(), st.integers(1, 6))
def test_of_a_batch_are_those_of_its_graphs(graphs, steps):
    edges, batch = graphs
    check(edges, len(batch), steps, batch, torch.rand(edges.shape[1]))
    together = return_probabilities(edges, len(batch), steps, batch=batch)
    for nodes, own, _ in alone(edges, batch):
        one = return_probabilities(own, len(nodes), steps)
        assert_close(together[nodes], one, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("sparse", [False, True])
def test_weights_may_differ_by_direction(sparse, monkeypatch):
    if sparse:
        monkeypatch.setattr(alone_, "SMALL", 0)
        monkeypatch.setattr(walks, "_SMALL", 0)
        monkeypatch.setattr(walks, "_SPARSE_COST", 0)
    edges = random_graph(101, 23, 23).edge_index
    both = torch.cat([edges, edges.flip(0)], dim=1)
    check(both, 23, 7)
    check(both, 23, 7, edge_weight=torch.rand(101).repeat(2))
    check(both, 23, 7, edge_weight=torch.rand(202))


def test_pairs_across_graphs_are_never_walked():
    edges = torch.tensor([[0, 1, 2, 3], [1, 0, 3, 2]])
    across = torch.tensor([[0, 2, 1], [2, 0, 3]])
    batch = torch.tensor([0, 0, 1, 1])
    assert not walk_probabilities(edges, 4, 3, across, batch=batch).any()


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda edges: return_probabilities(edges, 3, 0), "steps must be positive"),
        (
            lambda edges: return_probabilities(
                edges, 3, 2, edge_weight=torch.tensor([-1.0])
            ),
            "none of them negative",
        ),
        (
            lambda edges: return_probabilities(
                edges, 3, 2, batch=torch.tensor([0, 1, 1])
            ),
            "from one graph of batch to another",
        ),
        (
            lambda edges: return_probabilities(
                Adjacency.from_edge_index(edges, (3, 2)), 3, 2
            ),
            "bipartite",
        ),
        (
            lambda edges: walk_probabilities(
                edges, 3, 2, Adjacency.from_edge_index(edges, (3, 2))
            ),
            "bipartite",
        ),
        (lambda edges: walk_probabilities(edges, 3, 2, edges + 2), "must be a node"),
    ],
)
def test_refuse_what_makes_no_sense(call, says):
    with pytest.raises(ValueError, match=says):
        call(torch.tensor([[0], [1]]))

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from graphattn.datasets import DataError
from graphattn.datasets.links import links


def pairs(edges) -> set[tuple[int, int]]:
    return {(int(i), int(j)) for i, j in edges.t().tolist()}


def both(found: set[tuple[int, int]]) -> set[tuple[int, int]]:
    return found | {(j, i) for i, j in found}


def network(num_nodes: int, num_edges: int, undirected: bool, seed: int = 3):
    generator = torch.Generator().manual_seed(seed)
    edges = torch.randint(num_nodes, (2, num_edges), generator=generator)
    return torch.cat([edges, edges.flip(0)], 1) if undirected else edges


@settings(max_examples=40, deadline=None)
@given(st.integers(23, 37), st.integers(17, 60), st.booleans(), st.integers(0, 5))
def test_no_part_tells_of_another(num_nodes, num_edges, directed, seed):
    edges = network(num_nodes, num_edges, not directed, seed)
    split = links(
        edges, num_nodes, seed=seed, directed=directed, fractions=(0.6, 0.2, 0.2)
    )
    parts = [pairs(split.train), pairs(split.val), pairs(split.test)]
    real = {(i, j) for i, j in pairs(edges) if i != j}
    assert both(set.union(*parts)) == both(real)
    for first, second in ((0, 1), (0, 2), (1, 2)):
        assert not both(parts[first]) & both(parts[second])
    seen = {(i, j) for i, j in pairs(split.edge_index) if i != j}
    assert both(seen) == both(parts[0])
    if directed:
        assert set.union(*parts) == real
    negatives = [split.train_negative, split.val_negative, split.test_negative]
    assert [n.shape[1] for n in negatives] == [len(part) for part in parts]
    drawn = [pair for n in negatives for pair in map(tuple, n.t().tolist())]
    assert len(set(drawn)) == len(drawn)
    assert not set(drawn) & (real if directed else both(real))
    assert all(i != j for i, j in drawn)


def test_it_depends_on_its_seed_alone():
    edges = network(23, 41, True)
    first = links(edges, 23, seed=5)
    torch.rand(3)
    again = links(edges, 23, seed=5)
    other = links(edges, 23, seed=6)
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    assert not torch.equal(first.test, other.test)


def test_self_loops_pass_messages_and_are_not_asked_for():
    edges = torch.tensor([[0, 1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6, 6]])
    split = links(edges, 7, seed=1, fractions=(0.5, 0.2, 0.3))
    assert (6, 6) in pairs(split.edge_index)
    asked = pairs(torch.cat([split.train, split.val, split.test], 1))
    assert (6, 6) not in asked


def test_a_dense_network_still_gets_all_its_negatives():
    edges = torch.combinations(torch.arange(7)).t()[:, :10]
    split = links(edges, 7, seed=2, fractions=(0.6, 0.2, 0.2))
    drawn = torch.cat(
        [split.train_negative, split.val_negative, split.test_negative], 1
    )
    assert len(pairs(drawn)) == 10
    with pytest.raises(DataError, match="too few pairs without a tie"):
        links(torch.combinations(torch.arange(7)).t(), 7, seed=2)


def test_what_cannot_be_split_is_refused():
    edges = torch.tensor([[0], [1]])
    with pytest.raises(DataError, match="too few ties"):
        links(edges, 5, seed=0)
    with pytest.raises(DataError, match="add up to 1"):
        links(edges, 5, seed=0, fractions=(0.5, 0.1, 0.1))

import pytest
import torch
from torch import nn

from graphattn.adjacency import Adjacency
from graphattn.compare.examine.deletion import (
    Deletion,
    deletion_test,
    mean_deletion,
    strongest,
)
from graphattn.models import GraphBatch, Predictor
from graphattn.training import Regression

PAIRS = torch.tensor([[0, 1, 0, 2, 3, 4, 5, 3], [1, 0, 0, 1, 4, 3, 3, 3]])
GRAPH = torch.tensor([0, 0, 0, 1, 1, 1])


class Knowing(Predictor):
    """Attends most to node 1 of a star, and predicts the value it reads there."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.weight = torch.full((size,), 0.01)
        self.weight[1] = 1.0
        self.encoder = nn.Module()  # type: ignore[assignment]
        self.encoder.attention_weights = lambda batch, seen=None: self.weight[
            batch.attend.edge_index[0]
        ].view(1, -1, 1)

    def forward(self, batch: GraphBatch) -> torch.Tensor:
        return batch.x[1:2] * bool((batch.attend.edge_index[0] == 1).any())


def star(size: int) -> GraphBatch:
    leaves = torch.arange(size)
    edges = torch.stack([leaves, torch.zeros_like(leaves)])
    return GraphBatch(
        x=torch.full((size, 1), 3.0),
        edge_index=edges,
        edge_attr=None,
        batch=torch.zeros(size, dtype=torch.long),
        num_graphs=1,
        attend=Adjacency.from_edge_index(edges, size),
        y=torch.tensor([[3.0]]),
    )


def test_each_graph_loses_its_own_strongest_and_no_node_itself():
    rank = torch.tensor([0.3, 0.1, 0.9, 0.2, 0.5, 0.8, 0.7, 0.9])
    chosen = strongest(rank, PAIRS, GRAPH, fraction=1 / 3)
    assert chosen.nonzero().view(-1).tolist() == [0, 5]
    chosen = strongest(rank, PAIRS, GRAPH, fraction=2 / 3)
    assert chosen.nonzero().view(-1).tolist() == [0, 3, 5, 6]


@pytest.mark.parametrize(("fraction", "left"), [(0.0, 8), (1.0, 2)])
def test_nothing_or_all_but_the_nodes_themselves(fraction, left):
    chosen = strongest(torch.rand(8), PAIRS, GRAPH, fraction)
    assert int((~chosen).sum()) == left


def test_where_attention_points_at_what_matters_the_most_attended_pair_hurts():
    size = 41  # one of forty pairs: random ones rarely hit it
    objective = Regression(torch.zeros(1), torch.ones(1))
    found = deletion_test(Knowing(size), objective, star(size), [1 / 40, 0.5, 1.0])
    assert [one.most for one in found] == [9.0, 9.0, 9.0]
    assert found[0].whole == found[0].random == found[0].least == 0
    assert found[1].least == 0
    assert found[2].random == found[2].least == 9


def test_the_mean_over_seeds_keeps_the_fraction():
    ones = [Deletion(0.1, 1.0, 2.0, 3.0, 4.0), Deletion(0.1, 3.0, 4.0, 5.0, 6.0)]
    assert mean_deletion(ones) == Deletion(0.1, 2.0, 3.0, 4.0, 5.0)

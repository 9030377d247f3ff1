import torch
from torch.testing import assert_close

from graphattn.adjacency import Adjacency
from graphattn.compare import Study
from graphattn.compare.neighbours import NeighbourMean
from graphattn.compare.run import build_model, training_batches
from graphattn.compare.structures import structure


def test_it_is_the_mean_of_the_neighbours():
    x = torch.randn(5, 7)
    index = torch.tensor([[1, 2, 4, 3], [0, 0, 0, 2]])
    layer = NeighbourMean(7)
    layer.convolution.lin_l.weight.data = torch.eye(7)
    layer.convolution.lin_l.bias.data.zero_()
    got = layer(x, Adjacency.from_edge_index(index, 5))
    want = torch.zeros(5, 7)
    want[0], want[2] = x[[1, 2, 4]].mean(0), x[3]
    assert_close(got, want)


def test_all_but_the_attention_is_that_of_the_other_rows(karate_task):
    study = Study(layers=2, channels=12, heads=3)
    attends, means = (
        build_model(karate_task, study, 3, kind).state_dict()
        for kind in ("attention", "mean")
    )
    shared = [name for name in means if name in attends]
    assert {name for name in attends if name not in means} == {
        name for name in attends if ".attention." in name
    }
    for name in shared:
        assert means[name].equal(attends[name])


def test_it_learns_from_a_batch(karate_task):
    study = Study(layers=2, channels=12, heads=3)
    pairs = structure("mean").pairs(karate_task.graphs)
    (batch,) = training_batches(karate_task, pairs, torch.arange(5), 1, seed=0)
    model = build_model(karate_task, study, 0, "mean")
    model(batch).sum().backward()
    assert all(p.grad is not None for p in model.encoder.blocks.parameters())

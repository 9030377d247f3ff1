import torch
from torch.testing import assert_close

from graphattn import patterns
from graphattn.models import Columns, ColumnSum, LinkPredictor
from tests.models.parts import encoder, ready

PAIRS = torch.tensor([[0, 3, 7, 7], [1, 3, 2, 12]])


def predictor() -> LinkPredictor:
    return ready(LinkPredictor(ColumnSum(Columns(5), 12), encoder()))


def test_a_pair_has_no_order():
    model, x, ring = predictor(), torch.randn(13, 5).double(), patterns.window(13, 1)
    assert model(x, ring, PAIRS).shape == (4,)
    assert_close(model(x, ring, PAIRS.flip(0)), model(x, ring, PAIRS))


def test_the_names_of_the_nodes_do_not_matter():
    model, x = predictor(), torch.randn(13, 5).double()
    edges, order = patterns.window(13, 1).edge_index, torch.randperm(13)
    place = order.argsort()
    got = model(x[order], place[edges], place[PAIRS])
    assert_close(got, model(x, edges, PAIRS))


def test_no_adjacency_is_everyone():
    model, x = predictor(), torch.randn(13, 5).double()
    assert_close(model(x, None, PAIRS), model(x, patterns.full(13), PAIRS))

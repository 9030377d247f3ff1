import torch
from torch.testing import assert_close

from graphattn import patterns
from tests.models.cases import attending, make_batch, make_encoder


def test_full_attention_equals_the_list_of_all_pairs():
    batch, encoder = make_batch(), make_encoder()
    everything = patterns.full(13, batch=batch.batch)
    got = encoder(attending(batch, None))
    assert_close(got, encoder(attending(batch, everything)))


def test_the_structure_matters():
    batch, encoder = make_batch(), make_encoder()
    assert not torch.allclose(encoder(batch), encoder(attending(batch, None)))


def test_the_weights_of_a_node_add_up_to_one_in_every_layer_and_head():
    batch, encoder = make_batch(), make_encoder()
    weights = encoder.attention_weights(batch)
    assert weights.shape == (2, batch.attend.num_edges, 3)
    targets = batch.attend.edge_index[1]
    total = torch.zeros(2, 13, 3).index_add(1, targets, weights)
    assert_close(total, torch.ones(2, 13, 3))

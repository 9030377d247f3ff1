import pytest
import torch
from torch.testing import assert_close

from graphattn import patterns
from graphattn.nn import Encoder, GraphTransformerBlock, RelativeScore


def encoder(layers=3, **options) -> Encoder:
    blocks = (GraphTransformerBlock(6, 3, **options) for _ in range(layers))
    return Encoder(blocks).double().eval()


def rows(*shape) -> torch.Tensor:
    return torch.randn(*shape, 6).double()


def test_blocks_run_one_after_the_other_and_the_last_norm_follows():
    model, x, window = encoder(), rows(13), patterns.window(13, 2)
    want = x
    for block in model.blocks:
        want = block(want, window)
    assert_close(model(x, window), model.norm(want))


def test_blocks_that_norm_their_sums_need_no_last_norm():
    model, x = encoder(norm_first=False), rows(13)
    assert_close(model(x), model.blocks[2](model.blocks[1](model.blocks[0](x))))


def test_updated_edges_reach_the_next_block():
    model = encoder(2, edge_dim=4, update_edges=True)
    x, window = rows(13), patterns.window(13, 2)
    attr = torch.randn(window.num_edges, 4).double()
    first, second = model.blocks
    hidden, new_attr = first(x, window, attr)
    assert_close(
        model(x, window, attr), model.norm(second(hidden, window, new_attr)[0])
    )


def test_causal_attention_does_not_look_ahead_through_any_depth():
    model, x = encoder(), rows(11).requires_grad_()
    weight = torch.randn(6).double()
    for out in (model(x, causal=True), model(x, patterns.window(11, 2, causal=True))):
        seen = torch.autograd.grad(out[6].dot(weight), x, retain_graph=True)[0]
        assert bool((seen[7:] == 0).all())
        assert bool((seen[6] != 0).any())


def test_full_attention_equals_the_list_of_all_pairs():
    model, x = encoder(), rows(13)
    batch = torch.tensor([0] * 5 + [2] * 8)
    assert_close(model(x, batch=batch), model(x, patterns.full(13, batch=batch)))


def test_weights_of_every_layer_add_up_to_one_at_each_target():
    weights = encoder().attention_weights(rows(13), patterns.full(13))
    assert_close(weights.unflatten(1, (13, 13)).sum(2), torch.ones(3, 13, 3).double())


def test_blocks_of_two_widths_are_refused():
    blocks = [GraphTransformerBlock(6, 3), GraphTransformerBlock(9, 3)]
    with pytest.raises(ValueError, match="all of one width"):
        Encoder(blocks)
    with pytest.raises(ValueError, match="at least one block"):
        Encoder([])


def test_a_memory_of_all_segments_equals_the_whole_text():
    model, x = encoder(position=RelativeScore(3, 2)), rows(2, 11)
    found, memory = [], None
    for segment in x.split((5, 1, 3, 2), dim=1):
        out, memory = model.go_on(segment, memory, keep=11)
        found.append(out)
    assert_close(torch.cat(found, 1), model(x, causal=True))


def test_a_memory_is_no_longer_than_it_may_be_and_takes_no_gradients():
    model, x = encoder(), rows(2, 11).requires_grad_()
    out, memory = model.go_on(x[:, :4], keep=3)
    assert [tuple(one.shape) for one in memory] == [(2, 3, 6)] * 3
    out, memory = model.go_on(x[:, 4:], memory, keep=3)
    seen = torch.autograd.grad((out * torch.randn_like(out)).sum(), x)[0]
    assert bool((seen[:, :4] == 0).all())
    assert bool((seen[:, 4:] != 0).any())
    _, memory = model.go_on(x[:, 4:], memory, keep=0)
    assert memory[0].shape == (2, 0, 6)

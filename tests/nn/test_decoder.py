import pytest
import torch
from torch.testing import assert_close

from graphattn import patterns
from graphattn.nn import (
    ALiBi,
    Decoder,
    DecoderBlock,
    GraphAttention,
    RelativeBias,
    RelativeScore,
    RotaryEncoding,
)

BATCH = torch.tensor([0] * 5 + [1] + [2] * 7)
MEMORY_BATCH = torch.tensor([0] * 3 + [1] * 2 + [2] * 4)
POSITIONS = {
    "none": lambda: None,
    "rotary": lambda: RotaryEncoding(4),
    "bias": lambda: RelativeBias(3, reach=3),
    "alibi": lambda: ALiBi(3),
    "score": lambda: RelativeScore(3, 4),
}
each_position = pytest.mark.parametrize("position", POSITIONS)


def decoder(memory=None, layers=2, position="none", **options) -> Decoder:
    blocks = (
        DecoderBlock(
            12, 3, memory_channels=memory, position=POSITIONS[position](), **options
        )
        for _ in range(layers)
    )
    return Decoder(blocks).double().eval()


def rows(*shape, channels=12) -> torch.Tensor:
    return torch.randn(*shape, channels).double()


def window(length):
    return patterns.window(length, 2, causal=True)


@each_position
@pytest.mark.parametrize("edges", [None, window(11)], ids=["full", "window"])
def test_no_node_looks_ahead(position, edges):
    model, x, weight = decoder(position=position), rows(11).requires_grad_(), rows()
    seen = torch.autograd.grad(model(x, None, edges)[6].dot(weight), x)[0]
    assert bool((seen[7:] == 0).all())
    assert bool((seen[2:7] != 0).any(1).all())


def test_queries_that_are_not_causal_see_each_other():
    model, x, weight = decoder(), rows(11).requires_grad_(), rows()
    seen = torch.autograd.grad(model(x, causal=False)[6].dot(weight), x)[0]
    assert bool((seen != 0).any(1).all())


@pytest.mark.parametrize("norm_first", [True, False])
def test_a_batch_equals_each_pair_of_sets_alone(norm_first):
    model, x = decoder(memory=5, norm_first=norm_first), rows(13)
    memory = rows(9, channels=5)
    got = model(x, memory, batch=BATCH, memory_batch=MEMORY_BATCH)
    alone = [model(x[BATCH == k], memory[MEMORY_BATCH == k]) for k in range(3)]
    assert_close(got, torch.cat(alone))
    dense = model(torch.stack([x[6:], x[:7]]), torch.stack([memory, memory]))
    assert_close(dense[1], model(x[:7], memory))


def test_edges_between_the_sets_equal_the_batches():
    model, x, memory = decoder(memory=5), rows(13), rows(9, channels=5)
    want = model(x, memory, batch=BATCH, memory_batch=MEMORY_BATCH)
    own = patterns.causal(13, batch=BATCH)
    cross = patterns.bipartite_full(9, 13, batch=(MEMORY_BATCH, BATCH))
    assert_close(model(x, memory, own, cross_index=cross), want)


@each_position
@pytest.mark.parametrize("pattern", [None, window], ids=["full", "window"])
@pytest.mark.parametrize("steps", [(1,) * 11, (5, 1, 3, 2)])
def test_going_on_equals_running_on_the_whole(position, pattern, steps):
    model, x = decoder(position=position), rows(3, 11)
    want = model(x, None, None if pattern is None else pattern(11))
    kept, found = model.begin(), []
    for new in x.split(steps, dim=1):
        out, kept = model.go_on(new, kept, pattern)
        found.append(out)
    assert kept.length == 11
    assert_close(torch.cat(found, dim=1), want)


def test_going_on_reads_the_memory_of_its_own_set():
    model, memory = decoder(memory=5), rows(9, channels=5)
    x = rows(3, 4)
    kept, found = model.begin(memory, MEMORY_BATCH), []
    for new in x.split(1, dim=1):
        out, kept = model.go_on(new, kept)
        found.append(out)
    alone = [model(one, memory[MEMORY_BATCH == k]) for k, one in enumerate(x)]
    assert_close(torch.cat(found, dim=1), torch.stack(alone))


def test_chosen_sequences_go_on_as_they_would_have():
    model, memory = decoder(memory=5), rows(9, channels=5)
    x, chosen = rows(3, 4), torch.tensor([0, 0, 2])
    _, kept = model.go_on(x[:, :3], model.begin(memory, MEMORY_BATCH))
    got, _ = model.go_on(x[chosen, 3:], kept.select(chosen))
    alone = [model(x[k], memory[MEMORY_BATCH == k])[3:] for k in chosen.tolist()]
    assert_close(got, torch.stack(alone))


@pytest.mark.parametrize("score", ["additive", "gatv2", "gat"])
def test_other_scores_go_on_too(score):
    layer, x = GraphAttention(6, 6, 3, score=score).double(), rows(3, 7, channels=6)
    first, kept = layer.go_on(x[:, :4])
    second, _ = layer.go_on(x[:, 4:], kept)
    assert_close(torch.cat([first, second], 1), layer(x, patterns.causal(7)))


def test_kept_keys_answer_as_cross_attention_does():
    layer = GraphAttention((5, 12), 12, 3).double()
    source, x = rows(9, channels=5), rows(13)
    kept = layer.keys_and_values(source)
    both = (MEMORY_BATCH, BATCH)
    assert_close(layer.attend_to(x, kept, both), layer((source, x), batch=both))


def test_memory_and_cross_attention_go_together():
    with pytest.raises(ValueError, match="needs a memory, and no other takes one"):
        decoder(memory=5)(rows(7))
    with pytest.raises(ValueError, match="needs a memory, and no other takes one"):
        decoder()(rows(7), rows(3, channels=5))
    blocks = [DecoderBlock(12, 3), DecoderBlock(12, 3, memory_channels=5)]
    with pytest.raises(ValueError, match="either all blocks have cross-attention"):
        Decoder(blocks)
    layer = GraphAttention(12, 12, 3, score="additive").double()
    kept = layer.keys_and_values(rows(3))
    with pytest.raises(ValueError, match="is by dot product"):
        layer.attend_to(rows(3), kept, (torch.zeros(3).long(),) * 2)

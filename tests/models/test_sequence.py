import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from graphattn import patterns
from graphattn.models import (
    Columns,
    SequenceClassifier,
    SequenceInput,
    Sequences,
    SequenceTagger,
)
from graphattn.nn import RotaryEncoding
from tests.models.parts import encoder, ready, sentences, words

READOUTS = ("cls", "mean", "sum", "max", "attention")
each_readout = pytest.mark.parametrize("readout", READOUTS)


def tagger(position=True) -> SequenceTagger:
    return ready(SequenceTagger(words(position), encoder(), 5))


def classifier(readout="cls", *, told=True, **options) -> SequenceClassifier:
    model = SequenceClassifier(words(told), encoder(**options), 5, readout=readout)
    return ready(model)


def test_a_batch_of_sentences_is_tagged_as_each_alone():
    model, given = tagger(), sentences(5, 1, 7)
    x, batch = Sequences.of(given)
    alone = torch.cat([model(one.unsqueeze(1)) for one in given])
    assert_close(model(x, batch=batch), alone)
    window = patterns.window(13, 2, batch=batch)
    alone = [model(s.unsqueeze(1), patterns.window(len(s), 2)) for s in given]
    assert_close(model(x, window, batch=batch), torch.cat(alone))


@settings(max_examples=10, deadline=None)
@given(order=st.permutations(range(11)))
def test_without_positions_words_may_stand_in_any_order(order):
    order, x = torch.tensor(order), sentences(11)[0].unsqueeze(1)
    model = tagger(position=False)
    assert_close(model(x[order]), model(x)[order])
    assert not torch.allclose(tagger()(x[order]), tagger()(x)[order])


def test_a_causal_tagger_does_not_look_ahead():
    model = ready(SequenceTagger(SequenceInput(Columns(3), 12), encoder(), 5))
    x = torch.randn(11, 3).double().requires_grad_()
    seen = torch.autograd.grad(model(x, causal=True)[6].sum(), x)[0]
    assert bool((seen[7:] == 0).all())
    assert bool((seen[:7] != 0).any(1).all())


@each_readout
def test_a_batch_of_sentences_is_classified_as_each_alone(readout):
    model, given = classifier(readout), sentences(5, 1, 7)
    x, batch = Sequences.of(given)
    alone = [model(one.unsqueeze(1), num_sets=1).view(1, -1) for one in given]
    assert_close(model(x, batch=batch), torch.cat(alone))
    window = patterns.window(13, 2, batch=batch)
    alone = [
        model(s.unsqueeze(1), patterns.window(len(s), 2)).view(1, -1) for s in given
    ]
    assert_close(model(x, window, batch=batch), torch.cat(alone))


@each_readout
def test_padding_changes_nothing(readout):
    model, given = classifier(readout), sentences(5, 1, 7)
    want = model(*Sequences.of(given)[:1], batch=Sequences.of(given).batch)
    for length in (7, 11):
        padded = torch.randint(17, (3, length))
        mask = torch.zeros(3, length, dtype=torch.bool)
        for row, one in enumerate(given):
            padded[row, : len(one)], mask[row, : len(one)] = one, True
        x, batch = Sequences.unpadded(padded, mask)
        assert_close(model(x, batch=batch), want)


@each_readout
def test_sentences_of_one_length_may_come_in_a_dimension_of_their_own(readout):
    model, x = classifier(readout), torch.randint(17, (3, 7, 1))
    window = patterns.window(7, 2)
    for edges in (None, window):
        want = torch.stack([model(one, edges).view(-1) for one in x])
        assert_close(model(x, edges), want)


def test_blocks_may_tell_places_themselves():
    model = classifier(told=False, position=RotaryEncoding(4))
    x, batch = Sequences.of(sentences(5, 7))
    want = torch.stack([model(x[:5]), model(x[5:])])
    assert_close(model(x, batch=batch), want)
    window = patterns.window(12, 4, batch=batch)
    got = model(x, window, batch=batch)
    alone = [model(x[:5], patterns.window(5, 4)), model(x[5:], patterns.window(7, 4))]
    assert_close(got, torch.stack(alone))
    assert not torch.allclose(model(x[:5].flip(0)), model(x[:5]))


def test_an_unknown_readout_is_refused():
    with pytest.raises(ValueError, match="readout must be one of cls, mean"):
        classifier("median")

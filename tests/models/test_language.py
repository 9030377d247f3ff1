import pytest
import torch
from torch.testing import assert_close

from graphattn import patterns
from graphattn.models import (
    LanguageModel,
    Sequences,
    SequenceToSequence,
    beam_search,
    greedy,
)
from graphattn.nn import RotaryEncoding
from tests.models.parts import WORDS, decoder, encoder, ready, sentences, words

END = 2


def translator() -> SequenceToSequence:
    model = SequenceToSequence(
        words(), encoder(), words(), decoder(memory_channels=12), WORDS
    )
    return ready(model)


def language_model(position=None) -> LanguageModel:
    model = LanguageModel(words(position is None), decoder(position=position), WORDS)
    return ready(model)


def window(length):
    return patterns.window(length, 3, causal=True)


def test_a_batch_of_pairs_equals_each_alone():
    model = translator()
    source, target = Sequences.of(sentences(5, 1, 7)), Sequences.of(sentences(3, 4, 2))
    got = model(
        source.x, target.x, source_batch=source.batch, target_batch=target.batch
    )
    alone = []
    for k in range(3):
        one = (source.x[source.batch == k], target.x[target.batch == k])
        zeros = [torch.zeros(len(rows), dtype=torch.long) for rows in one]
        alone.append(model(*one, source_batch=zeros[0], target_batch=zeros[1]))
    assert_close(got, torch.cat(alone))


def test_the_next_word_does_not_depend_on_those_after():
    model, one = language_model(), sentences(11)[0].unsqueeze(1)
    other = torch.cat([one[:7], (one[7:] + 1) % WORDS])
    for edges in (None, window(11)):
        assert_close(model(one, edges)[:7], model(other, edges)[:7])


@pytest.mark.parametrize("pattern", [None, window], ids=["full", "window"])
@pytest.mark.parametrize("position", [None, RotaryEncoding(4)])
def test_what_is_kept_gives_the_words_that_all_anew_would(pattern, position):
    model = language_model(position)
    begin = torch.randint(WORDS, (3, 2))
    got = greedy(model.start(pattern), begin, end=None, max_length=9)
    written = begin
    for _ in range(9):
        edges = None if pattern is None else pattern(written.shape[1])
        scores = model(written.unsqueeze(2), edges)[:, -1]
        written = torch.cat([written, scores.argmax(1, keepdim=True)], 1)
    assert torch.equal(torch.stack(got), written[:, 2:])


def test_a_translation_is_the_words_that_all_anew_would_give():
    model, source = translator(), Sequences.of(sentences(5, 1, 7))
    begin = torch.ones(3, 1, dtype=torch.long)
    got = greedy(model.start(*source), begin, end=None, max_length=9)
    written = begin
    for _ in range(9):
        target = Sequences.of(list(written))
        scores = model(
            source.x, target.x, source_batch=source.batch, target_batch=target.batch
        )
        last = scores.view(3, -1, WORDS)[:, -1]
        written = torch.cat([written, last.argmax(1, keepdim=True)], 1)
    assert torch.equal(torch.stack(got), written[:, 1:])


@pytest.mark.parametrize("seed", range(5))
def test_a_beam_of_one_is_greedy(seed):
    torch.manual_seed(seed)
    model, source = translator(), Sequences.of(sentences(5, 1, 7))
    begin = torch.ones(3, 1, dtype=torch.long)
    want = greedy(model.start(*source), begin, end=END, max_length=9)
    got = beam_search(model.start(*source), begin, end=END, max_length=9, beams=1)
    assert all(torch.equal(*pair) for pair in zip(got, want, strict=True))


def test_beams_of_a_batch_equal_those_of_each_source_alone():
    model, source = translator(), Sequences.of(sentences(5, 1, 7))
    begin = torch.ones(3, 1, dtype=torch.long)
    together = beam_search(model.start(*source), begin, end=END, max_length=7)
    for k in range(3):
        alone = Sequences.of([source.x[source.batch == k]])
        one = beam_search(model.start(*alone), begin[:1], end=END, max_length=7)
        assert torch.equal(one[0], together[k])

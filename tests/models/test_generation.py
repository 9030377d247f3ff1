import itertools

import pytest
import torch

from graphattn.models import beam_search, greedy, sample

WORDS, END = 4, 0


class Table:
    """Scores that depend on the words so far, through a table of all beginnings."""

    def __init__(self, rows: int, length: int, seed: int) -> None:
        generator = torch.Generator().manual_seed(seed)
        shape = (WORDS,) * (length + 2)
        self.scores = 3 * torch.randn(shape, generator=generator, dtype=torch.double)
        self.written = torch.zeros(rows, 0, dtype=torch.long)

    def next(self, tokens):
        self.written = torch.cat([self.written, tokens], 1)
        return torch.stack([self.after(tuple(row)) for row in self.written.tolist()])

    def after(self, words):
        index = words + (0,) * (self.scores.dim() - 1 - len(words))
        return self.scores[index]

    def select(self, rows):
        self.written = self.written[rows]


def likelihood(table: Table, words: tuple[int, ...], penalty: float) -> float:
    total = 0.0
    for step in range(1, len(words)):
        total += float(table.after(words[:step]).log_softmax(0)[words[step]])
    return total / (len(words) - 1) ** penalty


def all_sequences(first: int, length: int):
    """Returns every sequence that ends, and every one that is as long as may be."""
    for count in range(length):
        for middle in itertools.product(range(1, WORDS), repeat=count):
            yield (first, *middle, END)
    for middle in itertools.product(range(1, WORDS), repeat=length):
        yield (first, *middle)


@pytest.mark.parametrize("penalty", [0.0, 1.0])
@pytest.mark.parametrize("seed", range(5))
def test_beams_as_wide_as_all_beginnings_find_the_best_of_all(seed, penalty):
    begin = torch.tensor([[1], [3]])
    got = beam_search(
        Table(2, 3, seed),
        begin,
        end=END,
        max_length=3,
        beams=WORDS**3,
        length_penalty=penalty,
    )
    table = Table(2, 3, seed)
    for first, found in zip((1, 3), got, strict=True):
        best = max(all_sequences(first, 3), key=lambda s: likelihood(table, s, penalty))
        closed = (first, *found.tolist(), *((END,) if len(found) < 3 else ()))
        assert closed == best


@pytest.mark.parametrize("seed", range(9))
def test_a_beam_of_one_is_greedy_whatever_the_penalty(seed):
    begin = torch.tensor([[1], [2], [3]])
    want = greedy(Table(3, 5, seed), begin, end=END, max_length=5)
    for penalty in (0.0, 1.0):
        got = beam_search(
            Table(3, 5, seed), begin, end=END, max_length=5, beams=1,
            length_penalty=penalty,
        )  # fmt: skip
        assert [a.tolist() for a in got] == [b.tolist() for b in want]


def test_nothing_comes_after_the_end():
    for seed in range(9):
        found = greedy(Table(1, 5, seed), torch.tensor([[1]]), end=END, max_length=5)[0]
        assert END not in found.tolist()


def test_cold_drawing_is_greedy_and_warm_drawing_is_repeatable():
    begin = torch.tensor([[1], [3]])
    want = greedy(Table(2, 5, 7), begin, end=None, max_length=5)
    cold = sample(Table(2, 5, 7), begin, end=None, max_length=5, temperature=1e-3)
    assert [a.tolist() for a in cold] == [b.tolist() for b in want]
    drawn = [
        sample(
            Table(2, 5, 7), begin, end=None, max_length=5,
            generator=torch.Generator().manual_seed(3),
        )
        for _ in range(2)
    ]  # fmt: skip
    assert [a.tolist() for a in drawn[0]] == [b.tolist() for b in drawn[1]]


def test_what_makes_no_sense_is_refused():
    begin = torch.tensor([[1]])
    with pytest.raises(ValueError, match="beams must be at least 1"):
        beam_search(Table(1, 5, 7), begin, end=END, max_length=5, beams=0)
    with pytest.raises(ValueError, match="temperature must be above 0"):
        sample(Table(1, 5, 7), begin, end=END, max_length=5, temperature=0.0)

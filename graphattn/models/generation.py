"""Sequences made token by token: greedy, drawn, or by beam search."""

from typing import Protocol

import torch
from jaxtyping import Float, Int
from torch import Tensor

from graphattn._errors import require


class Continuation(Protocol):
    """Sequences under way, of one length."""

    def next(
        self, tokens: Int[Tensor, "num_rows new"]
    ) -> Float[Tensor, "num_rows vocabulary"]:
        """Appends tokens and returns the scores of the one after, not normalised."""
        ...

    def select(self, rows: Int[Tensor, " chosen"]) -> None:
        """Goes on with chosen rows; a row may be chosen more than once."""
        ...


def greedy(
    sequences: Continuation,
    begin: Int[Tensor, "num_rows given"],
    *,
    end: int | None,
    max_length: int,
) -> list[Tensor]:
    """Appends the likeliest token again and again.

    Args:
        sequences: Empty sequences.
        begin: What each begins with.
        end: The token after which a sequence is finished; None for none.
        max_length: The most tokens to append.

    Returns:
        Token ids `[length]` of each, without what it began with and without `end`.
    """
    return _one_by_one(sequences, begin, end, max_length, lambda s: s.argmax(1))


def sample(
    sequences: Continuation,
    begin: Int[Tensor, "num_rows given"],
    *,
    end: int | None,
    max_length: int,
    temperature: float = 1.0,
    generator: torch.Generator | None = None,
) -> list[Tensor]:
    """Appends tokens drawn as likely as they are; arguments as for `greedy`.

    Args:
        sequences: Empty sequences.
        begin: What each begins with.
        end: The token after which a sequence is finished; None for none.
        max_length: The most tokens to append.
        temperature: Less than 1 prefers the likely, above 1 the unlikely.
        generator: Of the drawing.

    Raises:
        ValueError: `temperature` is not above 0.
    """
    require(
        temperature > 0,
        "sample",
        "temperature must be above 0; greedy takes the likeliest",
        {"temperature": temperature},
    )

    def draw(scores: Tensor) -> Tensor:
        shares = (scores / temperature).softmax(1)
        return torch.multinomial(shares, 1, generator=generator).squeeze(1)

    return _one_by_one(sequences, begin, end, max_length, draw)


def beam_search(
    sequences: Continuation,
    begin: Int[Tensor, "num_rows given"],
    *,
    end: int,
    max_length: int,
    beams: int = 4,
    length_penalty: float = 1.0,
) -> list[Tensor]:
    r"""Keeps the best few beginnings of every sequence at each step.

    A sequence of :math:`n` tokens is judged by its log-probability over
    :math:`n^{\mathrm{length\_penalty}}`.

    Args:
        sequences: Empty sequences.
        begin: What each begins with.
        end: The token after which a sequence is finished.
        max_length: The most tokens to append.
        beams: How many beginnings are kept; 1 is greedy.
        length_penalty: 0 prefers short ones; 1 is the mean per token.

    Returns:
        The best of each, as `greedy` returns it.

    Raises:
        ValueError: `beams` is less than 1.

    Source:
        Wu et al. 2016, https://arxiv.org/abs/1609.08144 (length normalisation).
    """
    require(beams >= 1, "beam_search", "beams must be at least 1", {"beams": beams})
    first = sequences.next(begin).log_softmax(1)
    count, size = first.shape
    total, tokens = first.topk(min(beams, size))
    start = torch.arange(count, device=begin.device).unsqueeze(1)
    sequences.select(start.expand_as(tokens).flatten())
    found, done = tokens.view(-1, 1), tokens == end
    lengths = torch.ones_like(total)
    for _ in range(max_length - 1):
        if bool(done.all()):
            break
        scores = sequences.next(found[:, -1:]).log_softmax(1).view(*done.shape, size)
        # A finished sequence goes on in one way only, at no cost.
        scores = scores.masked_fill(done.unsqueeze(2), -torch.inf)
        scores[..., end] = scores[..., end].masked_fill(done, 0.0)
        sums = total.unsqueeze(2) + scores
        lengths = lengths + ~done
        rank = (sums / lengths.unsqueeze(2) ** length_penalty).flatten(1)
        best = rank.topk(min(beams, rank.shape[1])).indices
        parent, token = best // size, best % size
        total = sums.flatten(1).gather(1, best)
        rows = (start * done.shape[1] + parent).flatten()
        sequences.select(rows)
        found = torch.cat([found[rows], token.view(-1, 1)], dim=1)
        lengths = lengths.gather(1, parent)
        done = done.gather(1, parent) | (token == end)
    return _cut(found.unflatten(0, done.shape)[:, 0], end)


def _one_by_one(sequences, begin, end, max_length, choose) -> list[Tensor]:
    scores, found = sequences.next(begin), begin[:, :0]
    done = torch.zeros(len(begin), dtype=torch.bool, device=begin.device)
    for step in range(max_length):
        tokens = choose(scores)
        found = torch.cat([found, tokens.unsqueeze(1)], dim=1)
        done = done | (tokens == end) if end is not None else done
        if bool(done.all()) or step + 1 == max_length:
            break
        scores = sequences.next(tokens.unsqueeze(1))
    return _cut(found, end)


def _cut(found: Tensor, end: int | None) -> list[Tensor]:
    """Returns the rows up to before their first `end`."""
    if end is None:
        return list(found)
    before = (found == end).cumsum(1) == 0
    return [row[kept] for row, kept in zip(found, before, strict=True)]

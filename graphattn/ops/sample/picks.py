"""Picks slots of many rows at once: the same ones as `src/sample_picks.h`."""

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Words = NDArray[np.uint64]
_STEP = np.uint64(0x9E3779B97F4A7C15)


def mix(word: Words) -> Words:
    """The finaliser of SplitMix64 (doi:10.1145/2660193.2660195)."""
    word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return word ^ (word >> np.uint64(31))


def nth(state: Words, n: Ints | int) -> Words:
    """Returns the nth random word that follows from each state."""
    step = np.atleast_1d(np.asarray(n, np.uint64)) + np.uint64(1)
    return mix(state + _STEP * step)


def below(random: Words, bound: Ints) -> Ints:
    """Returns an even number below each bound."""
    high, low = random >> np.uint64(32), random & np.uint64(0xFFFFFFFF)
    wide = bound.astype(np.uint64)
    scaled = (high * wide + ((low * wide) >> np.uint64(32))) >> np.uint64(32)
    return scaled.astype(np.int64)


def pick(
    weight: NDArray[np.float64] | None,
    begin: Ints,
    end: Ints,
    count: int,
    replace: bool,
    state: Words,
) -> tuple[Ints, Ints]:
    """Picks slots of every row.

    Args:
        weight: By slot; None where all are alike.
        begin: Where each row's slots begin.
        end: Where they end.
        count: How many to pick in each row; negative picks all.
        replace: Whether a slot may be picked twice.
        state: Of each row.

    Returns:
        The row of each pick, ascending, and its slot.
    """
    size = end - begin
    whole = size == 0 if replace and count >= 0 else (count < 0) | (size <= count)
    if count == 0:
        size, whole = np.zeros_like(size), np.ones_like(whole)
    owner, slot = _all(begin, np.where(whole, size, 0))
    if weight is not None and count > 0:
        likely = weight[slot] > 0
        owner, slot = owner[likely], slot[likely]
    rest = np.flatnonzero(~whole)
    if len(rest) == 0:
        return owner, slot
    if weight is not None:
        picked = _weighted(weight, begin, end, count, replace, state, rest)
    else:
        choose = _repeated if replace else _distinct
        places = choose(size[rest], count, state[rest])
        picked = rest.repeat(count), (begin[rest, None] + places).reshape(-1)
    owner, slot = (
        np.concatenate(two) for two in zip((owner, slot), picked, strict=True)
    )
    order = np.argsort(owner, kind="stable")
    return owner[order], slot[order]


def _all(begin: Ints, size: Ints) -> tuple[Ints, Ints]:
    owner = np.arange(len(size)).repeat(size)
    first = size.cumsum() - size
    return owner, np.arange(len(owner)) - first[owner] + begin[owner]


def _repeated(size: Ints, count: int, state: Words) -> Ints:
    return below(nth(state[:, None], np.arange(count)), size[:, None])


def _distinct(size: Ints, count: int, state: Words) -> Ints:
    """Floyd's algorithm, a pick of all rows at a time."""
    places = np.full((len(size), count), -1)
    for n in range(count):
        top = size - count + n
        place = below(nth(state, n), top + 1)
        taken = (places[:, :n] == place[:, None]).any(1)
        places[:, n] = np.where(taken, top, place)
    return places


def _weighted(
    weight: NDArray[np.float64],
    begin: Ints,
    end: Ints,
    count: int,
    replace: bool,
    state: Words,
    rows: Ints,
) -> tuple[Ints, Ints]:
    owner, slot = [], []
    for row in rows.tolist():
        left = weight[begin[row] : end[row]].copy()
        for n in range(count):
            sums = left.cumsum()
            if not sums[-1] > 0:
                break
            word = nth(state[row : row + 1], n)[0] >> np.uint64(12)
            place = sums.searchsorted(float(word) * 2.0**-52 * sums[-1], side="right")
            owner.append(row)
            slot.append(begin[row] + place)
            if not replace:
                left[place] = 0.0
    return np.asarray(owner, np.int64), np.asarray(slot, np.int64)

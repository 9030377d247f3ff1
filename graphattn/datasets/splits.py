"""Which items train, which choose the model, which judge it.

Every split is a partition: no item is in two parts. Every split is a function of its
seed alone: it draws from a generator of its own, and leaves torch's global one be.
"""

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

import torch
from jaxtyping import Int
from torch import Tensor

from graphattn.datasets.errors import check
from graphattn.datasets.molecules.scaffolds import murcko_scaffold

Fractions = tuple[float, float, float]
_FRACTIONS: Fractions = (0.8, 0.1, 0.1)


class Split(NamedTuple):
    """Three sets of positions, each sorted."""

    train: Int[Tensor, " num_train"]
    val: Int[Tensor, " num_val"]
    test: Int[Tensor, " num_test"]


def random(num_items: int, *, fractions: Fractions = _FRACTIONS, seed: int) -> Split:
    """Returns a split drawn at random.

    Args:
        num_items: How many there are.
        fractions: Of train, val and test; they add up to 1.
        seed: Of the draw.

    Raises:
        DataError: The fractions do not add up, or a part comes out empty.
    """
    _check_fractions("random", fractions)
    order = torch.randperm(num_items, generator=_generator(seed))
    return _nonempty("random", fractions, _cut(order, fractions))


def stratified(
    y: Int[Tensor, "..."], *, fractions: Fractions = _FRACTIONS, seed: int
) -> Split:
    """Returns a random split in which every part has about the same share of classes.

    Each class is cut on its own, so a part is off by at most one item per class.
    Items of a negative class are unlabelled and in no part.

    Args:
        y: The class of each item.
        fractions: Of train, val and test; they add up to 1.
        seed: Of the draw.

    Raises:
        DataError: `y` is not integer, the fractions do not add up, or a part comes out
            empty.
    """
    _check_fractions("stratified", fractions)
    generator = _generator(seed)
    parts = [
        _cut(members[torch.randperm(len(members), generator=generator)], fractions)
        for members in _classes("stratified", y).values()
    ]
    return _nonempty("stratified", fractions, _join(parts))


def per_class(
    y: Int[Tensor, "..."], *, train_per_class: int, val_per_class: int, seed: int
) -> Split:
    """Returns a random split with a few items of each class to learn from.

    All others are the test set, the usual set-up on one graph. Items of a negative
    class are unlabelled and in no part.

    Args:
        y: The class of each item.
        train_per_class: How many of each class train.
        val_per_class: How many of each class choose the model.
        seed: Of the draw.

    Raises:
        DataError: `y` is not integer, or a class has too few items to have one left
            for the test.
    """
    generator, parts = _generator(seed), []
    first, second = train_per_class, train_per_class + val_per_class
    for label, members in _classes("per_class", y).items():
        check(
            train_per_class > 0 <= val_per_class and second < len(members),
            "splits.per_class",
            "each class needs at least train_per_class + val_per_class + 1 items",
            {
                "class": label,
                "items of it": len(members),
                "train_per_class": train_per_class,
                "val_per_class": val_per_class,
            },
        )
        order = members[torch.randperm(len(members), generator=generator)]
        parts.append(Split(order[:first], order[first:second], order[second:]))
    return _join(parts)


def scaffold(
    smiles: Sequence[str], *, fractions: Fractions = _FRACTIONS, seed: int | None = None
) -> Split:
    """Returns a split in which no Bemis-Murcko scaffold is in two parts.

    A scaffold is the ring systems of a molecule and the chains between them, without
    stereochemistry; all molecules without a ring share the empty one. Whole groups
    are dealt out one after the other: to train while they fit into its share, else to
    val while they fit into its, else to test.

    Without a seed the largest groups come first, and of two of equal size the one
    whose first molecule stands last, as in MoleculeNet: the common deterministic
    variant, which leaves the rare scaffolds for the test. With a seed the groups come
    in random order, except that those larger than half of the smallest part's share
    come before all others, so that they land in train: the balanced variant.

    Args:
        smiles: One molecule each.
        fractions: Of train, val and test; they add up to 1.
        seed: Of the order of the groups.

    Raises:
        DataError: A SMILES does not parse, the fractions do not add up, or a part comes
            out empty.

    Source:
        Bemis, Murcko 1996, https://doi.org/10.1021/jm9602928; deterministic as
        in Wu et al. 2018, https://doi.org/10.1039/C7SC02664A; balanced as in
        Yang et al. 2019, https://doi.org/10.1021/acs.jcim.9b00237.
    """
    _check_fractions("scaffold", fractions)
    groups = _scaffold_groups(smiles)
    if seed is None:
        groups.sort(key=lambda group: (len(group), group[0]), reverse=True)
    else:
        generator = _generator(seed)
        shuffled = torch.randperm(len(groups), generator=generator).tolist()
        limit = 0.5 * len(smiles) * min(f for f in fractions if f > 0)
        groups = [groups[position] for position in shuffled]
        groups.sort(key=lambda group: len(group) <= limit)
    split = _deal(groups, fractions, len(smiles))
    return _nonempty("scaffold", fractions, split)


def given(parts: Sequence[str]) -> Split:
    """Returns the split that the data bring with them.

    Args:
        parts: "train", "val" or "test" for each item, or "" for one in no part: the
            `parts` of a dataset.

    Raises:
        DataError: There are no parts, a word is none of these, or no item trains.
    """
    known = [*Split._fields, ""]
    for item, part in enumerate(parts):
        rule = f"a part must be one of {known}"
        check(part in known, "splits.given", rule, {"item": item, "part": part})
    rule = "the data name no item to train on; name the column of parts with split="
    check("train" in parts, "splits.given", rule, {"parts": sorted(set(parts))})
    found = ([i for i, one in enumerate(parts) if one == p] for p in Split._fields)
    return Split(*(torch.tensor(items, dtype=torch.long) for items in found))


def k_fold(num_items: int, *, folds: int, seed: int) -> list[Split]:
    """Returns as many splits as folds: every item is in the test part of one of them.

    The fold after the one that is tested chooses the model, all others train.

    Args:
        num_items: How many there are.
        folds: How many; at least 3.
        seed: Of the draw.

    Raises:
        DataError: There are fewer items than folds, or fewer than 3 folds.
    """
    order = torch.randperm(num_items, generator=_generator(seed)).tolist()
    return _rotated("k_fold", [order[at::folds] for at in range(folds)])


def scaffold_k_fold(smiles: Sequence[str], *, folds: int, seed: int) -> list[Split]:
    """Returns a `k_fold` in which no Bemis-Murcko scaffold is in two folds.

    Groups come from the largest to the smallest, of equal ones in random order, each
    into the fold that has the fewest molecules so far.

    Args:
        smiles: One molecule each.
        folds: How many; at least 3.
        seed: Of the order of groups of equal size.

    Raises:
        DataError: A SMILES does not parse, there are fewer scaffolds than folds, or
            fewer than 3 folds.
    """
    groups = _scaffold_groups(smiles)
    shuffled = torch.randperm(len(groups), generator=_generator(seed)).tolist()
    groups = sorted((groups[at] for at in shuffled), key=len, reverse=True)
    found: list[list[int]] = [[] for _ in range(folds)]
    for group in groups if folds > 0 else ():
        min(found, key=len).extend(group)
    return _rotated("scaffold_k_fold", found)


def _rotated(caller: str, folds: Sequence[list[int]]) -> list[Split]:
    sizes = [len(fold) for fold in folds]
    rule = "there must be at least 3 folds, and an item, or scaffold, for each"
    whole = len(folds) >= 3 and min(sizes) > 0
    check(whole, f"splits.{caller}", rule, {"sizes of the folds": sizes})
    splits = []
    for at in range(len(folds)):
        test, val, *train = [*folds[at:], *folds[:at]]
        parts = (sorted(chain.from_iterable(train)), sorted(val), sorted(test))
        splits.append(Split(*(torch.tensor(p, dtype=torch.long) for p in parts)))
    return splits


def _scaffold_groups(smiles: Sequence[str]) -> list[list[int]]:
    by_scaffold: dict[str, list[int]] = {}
    for index, molecule in enumerate(smiles):
        by_scaffold.setdefault(murcko_scaffold(molecule), []).append(index)
    return sorted(by_scaffold.values(), key=lambda group: (-len(group), group[0]))


def _deal(groups: Sequence[list[int]], fractions: Fractions, num_items: int) -> Split:
    limits = [round(fraction * num_items) for fraction in fractions[:2]]
    parts: tuple[list[int], list[int], list[int]] = ([], [], [])
    for group in groups:
        fits = (len(parts[p]) + len(group) <= limits[p] for p in range(2))
        parts[next((p for p, fit in enumerate(fits) if fit), 2)].extend(group)
    return Split(*(torch.tensor(sorted(p), dtype=torch.long) for p in parts))


def _generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def _cut(order: Tensor, fractions: Fractions) -> Split:
    first = round(fractions[0] * len(order))
    second = round((fractions[0] + fractions[1]) * len(order))
    parts = order[:first], order[first:second], order[second:]
    return Split(*(part.sort().values for part in parts))


def _join(splits: Sequence[Split]) -> Split:
    empty = torch.empty(0, dtype=torch.long)
    parts = (torch.cat([empty, *part]) for part in zip(*splits, strict=True))
    return Split(*(part.sort().values for part in parts))


def _classes(caller: str, y: Tensor) -> dict[int, Tensor]:
    check(
        not y.is_floating_point() and not y.is_complex(),
        f"splits.{caller}",
        "y must hold classes, as integers; split numbers with random",
        {"y": y},
    )
    flat = y.reshape(-1)
    labels = flat[flat >= 0].unique().tolist()
    check(len(labels) > 0, f"splits.{caller}", "no item has a class", {"y": y})
    return {label: (flat == label).nonzero().view(-1) for label in labels}


def _check_fractions(caller: str, fractions: Fractions) -> None:
    check(
        len(fractions) == 3
        and all(0 <= fraction <= 1 for fraction in fractions)
        and abs(sum(fractions) - 1) < 1e-6,
        f"splits.{caller}",
        "fractions must be three numbers from 0 to 1 that add up to 1",
        {"fractions": fractions},
    )


def _nonempty(caller: str, fractions: Fractions, split: Split) -> Split:
    sizes = {name: len(part) for name, part in zip(Split._fields, split, strict=True)}
    check(
        all(len(p) > 0 or f == 0 for p, f in zip(split, fractions, strict=True)),
        f"splits.{caller}",
        "a part is empty: there are too few items or groups; take other fractions, "
        "another kind of split, or more data",
        {"fractions": fractions, "sizes": sizes},
    )
    return split

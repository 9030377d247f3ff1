"""Links to learn from, to choose the model by, and to judge it by.

What is held out is a tie, in both directions where both are there; so nothing that is
asked for in the test can be read off the other direction. Negatives are pairs that are
no tie of the whole network, all different.
"""

from typing import NamedTuple

import torch
from jaxtyping import Int
from torch import Tensor

from graphattn.datasets.errors import check

Pairs = Int[Tensor, "2 num_pairs"]
_CALLER = "splits.links"


class LinkSplit(NamedTuple):
    """Edges to pass messages along, and pairs to tell ties from others.

    Attributes:
        edge_index: The edges of the training ties, in both directions where the
            network is undirected: all that a model may see.
        train: Ties to learn, one direction of each.
        val: Ties that choose the model.
        test: Ties that judge it.
        train_negative: As many pairs that are no ties, likewise below.
        val_negative: Of the validation part.
        test_negative: Of the test part.
    """

    edge_index: Pairs
    train: Pairs
    val: Pairs
    test: Pairs
    train_negative: Pairs
    val_negative: Pairs
    test_negative: Pairs


def links(
    edge_index: Pairs,
    num_nodes: int,
    *,
    fractions: tuple[float, float, float] = (0.85, 0.05, 0.1),
    seed: int,
    directed: bool = False,
) -> LinkSplit:
    """Returns a random split of ties, with as many negatives.

    Both directions of a tie, and repeated edges, are in one part, also where ties are
    directed. Self-loops are in no part: they stay among the edges to pass messages.

    Args:
        edge_index: The edges of the network.
        num_nodes: How many nodes there are.
        fractions: Of train, val and test; they add up to 1.
        seed: Of the draw.
        directed: Whether ties lead one way: then pairs keep their direction, and a
            negative is a pair without a tie in its direction.

    Raises:
        DataError: There are too few ties or too few pairs without a tie, or the
            fractions do not add up.
    """
    given = {"fractions": fractions}
    rule = "fractions must be three numbers from 0 to 1 that add up to 1"
    good = all(0 <= f <= 1 for f in fractions) and abs(sum(fractions) - 1) < 1e-6
    check(good, _CALLER, rule, given)
    generator = torch.Generator().manual_seed(seed)
    loops = edge_index[0] == edge_index[1]
    edges = _unique(edge_index[:, ~loops], num_nodes)
    ties = edges.sort(dim=0).values
    tie_keys, tie_of = torch.unique(_keys(ties, num_nodes), return_inverse=True)
    order = torch.randperm(len(tie_keys), generator=generator)
    first = round(fractions[0] * len(order))
    second = round((fractions[0] + fractions[1]) * len(order))
    part = torch.empty(len(order), dtype=torch.long)
    part[order] = torch.arange(len(order)).ge(first).long()
    part[order[second:]] = 2
    counts = part.bincount(minlength=3).tolist()
    filled = all(n > 0 or f == 0 for n, f in zip(counts, fractions, strict=True))
    rule = "a part is empty: there are too few ties"
    check(filled, _CALLER, rule, {"ties": len(order), "parts": counts, **given})
    pairs = edges if directed else _pairs(tie_keys, num_nodes)
    part_of = part[tie_of] if directed else part
    found = [pairs[:, part_of == which] for which in range(3)]
    taken = _keys(edges, num_nodes) if directed else tie_keys
    sizes = [one.shape[1] for one in found]
    negatives = _negatives(taken, num_nodes, sum(sizes), directed, generator)
    kept = torch.cat([edges[:, part[tie_of] == 0], edge_index[:, loops]], 1)
    return LinkSplit(_unique(kept, num_nodes), *found, *negatives.split(sizes, dim=1))


def _keys(pairs: Tensor, num_nodes: int) -> Tensor:
    return pairs[0] * num_nodes + pairs[1]


def _pairs(keys: Tensor, num_nodes: int) -> Tensor:
    return torch.stack([keys // num_nodes, keys % num_nodes])


def _unique(edges: Tensor, num_nodes: int) -> Tensor:
    return _pairs(_keys(edges, num_nodes).unique(), num_nodes)


def _negatives(
    taken: Tensor,
    num_nodes: int,
    count: int,
    directed: bool,
    generator: torch.Generator,
) -> Tensor:
    """Draws different pairs, none of them taken and none a self-loop."""
    free = num_nodes * (num_nodes - 1) // (1 if directed else 2) - len(taken)
    given = {"pairs without a tie": free, "needed": count}
    rule = "there are too few pairs without a tie to draw as many negatives as ties"
    check(free >= count, _CALLER, rule, given)
    if free < 2 * count:  # few are left: draw from all of them
        every = torch.combinations(torch.arange(num_nodes)).t()
        if directed:
            every = torch.cat([every, every.flip(0)], 1)
        left = every[:, ~torch.isin(_keys(every, num_nodes), taken)]
        return left[:, torch.randperm(left.shape[1], generator=generator)[:count]]
    keys = taken.new_empty(0)
    while len(keys) < count:
        drawn = torch.randint(num_nodes, (2, 2 * count + 10), generator=generator)
        drawn = drawn[:, drawn[0] != drawn[1]]
        new = _keys(drawn if directed else drawn.sort(dim=0).values, num_nodes)
        both = torch.cat([keys, new])
        keys = both[~torch.isin(both, taken)].unique()
    keys = keys[torch.randperm(len(keys), generator=generator)[:count]]
    return _pairs(keys, num_nodes)

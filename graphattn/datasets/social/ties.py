"""Duplicate and reciprocal ties, self-loops, isolated nodes: by stated rules."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import torch
from torch import Tensor
from torch_geometric.data import Data

from graphattn.datasets.errors import check
from graphattn.datasets.name_list import Names

Duplicates = Literal["merge", "keep", "raise"]
Leave = Literal["keep", "drop", "raise"]


@dataclass(frozen=True)
class Rules:
    """What becomes of what is unusual; all of it is counted in the report.

    Attributes:
        duplicates: Rows of the same tie: "merge" them, their weights added up and all
            else as in the first; "keep" them as ties of their own; or "raise".
        self_loops: "keep", "drop" or "raise".
        isolated: Nodes without any tie: "keep", "drop" or "raise".
        unlabelled: Nodes without a label where others have one: "keep" them with
            class -1, "drop" them and their ties, or "raise".
    """

    duplicates: str = "merge"
    self_loops: str = "keep"
    isolated: str = "keep"
    unlabelled: str = "keep"

    def verify(self, caller: str) -> None:
        """Raises `DataError` where an option has not one of its values.

        Args:
            caller: The public name the user called.
        """
        leave = ("keep", "drop", "raise")
        for option, value in vars(self).items():
            known = ("merge", "keep", "raise") if option == "duplicates" else leave
            rule = f"{option} must be one of {known}"
            check(value in known, caller, rule, {option: value})


class Settled(NamedTuple):
    """Ties that the rules leave.

    Attributes:
        ends: Positions of both ends, [2, num_ties].
        rows: For each tie the row whose columns it has; None where that is its own.
        weights: One per tie, or None.
        report: Counts.
    """

    ends: np.ndarray
    rows: np.ndarray | None
    weights: np.ndarray | None
    report: dict[str, object]


def settle(
    ends: np.ndarray,
    weights: np.ndarray | None,
    node_names: Sequence[str],
    *,
    directed: bool,
    rules: Rules,
    with_rows: bool,
    caller: str,
    place: Callable[[int], dict[str, object]],
) -> Settled:
    """Applies the rules on duplicates and self-loops, and counts.

    Args:
        ends: Positions of both ends, [2, num_rows]; a tie with a negative one goes.
        weights: One per row, or None.
        node_names: For messages.
        directed: Whether a tie leads from its first end to its second only.
        rules: What becomes of what is unusual.
        with_rows: Whether rows have other columns, and ties must know theirs.
        caller: The public name the user called.
        place: File and line of a row, counted from 0, for messages.

    Raises:
        DataError: There is a self-loop or a duplicate, and that is to raise.
    """
    there = np.all(ends >= 0, axis=0)
    loops = there & np.equal(ends[0], ends[1])
    if rules.self_loops == "raise" and loops.any():
        row = int(np.flatnonzero(loops)[0])
        rule = "a tie leads from a node to itself; remove it, or pass "
        rule += 'self_loops="drop" or "keep"'
        check(False, caller, rule, place(row) | {"id": node_names[ends[0, row]]})
    keep = there & ~loops if rules.self_loops == "drop" else there
    if rules.duplicates == "raise":
        _refuse_duplicates(ends, keep, node_names, directed, caller, place)
    rows = np.flatnonzero(keep) if with_rows else None
    if not keep.all():
        ends = ends[:, keep]
        weights = None if weights is None else weights[keep]
    size, given = len(node_names), ends.shape[1]
    report: dict[str, object] = {"ties": len(keep), "self_loops": int(loops.sum())}
    del there, loops, keep
    one_way = None if directed else _distinct(_keys(ends, size, True))
    if rules.duplicates == "merge":
        keys = _keys(ends, size, directed)
        if weights is None and rows is None:
            keys.sort()
            ends = _ends(keys[_is_first(keys)], size)
        else:
            order = np.argsort(keys, kind="stable")
            begins = np.flatnonzero(_is_first(keys[order]))
            ends = _ends(keys[order[begins]], size)
            rows = None if rows is None else rows[order[begins]]
            if weights is not None and len(weights):
                weights = np.add.reduceat(weights[order].astype(np.float64), begins)
    report["merged_ties"] = given - ends.shape[1]
    # Each pair that is there both ways counts twice one way, and once either way.
    if one_way is None:
        one_way = _distinct(_keys(ends, size, True))
    report["reciprocal_ties"] = one_way - _distinct(_keys(ends, size, False))
    return Settled(ends, rows, weights, report)


def leave_out(data: Data, rules: Rules, caller: str) -> Data:
    """Returns the graph without the nodes that the rules leave out, counted.

    Args:
        data: With `x`, `edge_index`, `node_names` and `report`, which lists them.
        rules: What becomes of isolated and unlabelled nodes.
        caller: The public name the user called.

    Raises:
        DataError: There are such nodes and that is to raise, or no node is left.
    """
    for option, why in (("unlabelled", "has no label"), ("isolated", "has no tie")):
        names, leave = data.report[option], getattr(rules, option)
        if not names or leave == "keep":
            continue
        check(
            leave == "drop",
            caller,
            f'a node {why}; mend it, or pass {option}="drop" or "keep"',
            {"id": names[0], "such nodes": len(names)},
        )
        left = torch.ones(data.num_nodes or 0, dtype=torch.bool)
        out = set(names)
        left[[i for i, name in enumerate(data.node_names) if name in out]] = False
        check(bool(left.any()), caller, f'{option}="drop" leaves no node', {})
        data = _nodes(data, left)
        data.report |= {f"dropped_{option}": len(names), option: []}
        tied = torch.zeros(len(data.node_names), dtype=torch.bool)
        assert data.edge_index is not None
        tied[data.edge_index.view(-1)] = True
        lonely = (~tied).nonzero().view(-1).tolist()
        data.report["isolated"] = [data.node_names[i] for i in lonely]
    return data


def _nodes(data: Data, left: Tensor) -> Data:
    names = [data.node_names[i] for i in left.nonzero().view(-1).tolist()]
    report = dict(data.report)
    data = data.subgraph(left)
    data.node_names, data.report = Names(names), report
    return data


def edges_of(
    ends: np.ndarray, size: int, directed: bool, with_ties: bool
) -> tuple[np.ndarray, np.ndarray | None]:
    """Returns edges sorted by source, then target, and the tie each comes from.

    An undirected tie becomes two edges, a self-loop one.

    Args:
        ends: Positions of both ends, [2, num_ties].
        size: How many nodes there are.
        directed: Whether a tie leads from its first end to its second only.
        with_ties: Whether edges must know their tie; None is returned otherwise.
    """
    keys = ends[0] * size + ends[1]
    ties = np.arange(len(keys)) if with_ties else None
    if not directed:
        other = ends[0] != ends[1]
        keys = np.concatenate([keys, (ends[1] * size + ends[0])[other]])
        ties = None if ties is None else np.concatenate([ties, ties[other]])
    if ties is None:
        _sort(keys)
    else:
        order = np.argsort(keys, kind="stable")
        keys, ties = keys[order], ties[order]
    return _ends(keys, size), ties


def _keys(ends: np.ndarray, size: int, directed: bool) -> np.ndarray:
    """One integer per tie, equal where the ties are, and in order of their ends."""
    if directed:
        return ends[0] * size + ends[1]
    return np.minimum(*ends) * size + np.maximum(*ends)


def _ends(keys: np.ndarray, size: int) -> np.ndarray:
    ends = np.empty((2, len(keys)), dtype=np.int64)
    np.divmod(keys, max(size, 1), out=(ends[0], ends[1]))
    return ends


def _sort(keys: np.ndarray) -> None:
    if not (keys[1:] >= keys[:-1]).all():
        keys.sort()


def _is_first(keys: np.ndarray) -> np.ndarray:
    """Whether each of the sorted keys differs from the one before."""
    first = np.ones(len(keys), dtype=bool)
    np.not_equal(keys[1:], keys[:-1], out=first[1:])
    return first


def _distinct(keys: np.ndarray) -> int:
    _sort(keys)
    return int(_is_first(keys).sum())


def _refuse_duplicates(
    ends: np.ndarray,
    keep: np.ndarray,
    node_names: Sequence[str],
    directed: bool,
    caller: str,
    place: Callable[[int], dict[str, object]],
) -> None:
    rows = np.flatnonzero(keep)
    keys = _keys(ends[:, keep], len(node_names), directed)
    order = np.argsort(keys, kind="stable")
    again = order[~_is_first(keys[order])]
    if len(again):
        at = again.min()
        first = rows[np.flatnonzero(keys == keys[at])[0]]
        tie = tuple(node_names[end] for end in ends[:, rows[at]])
        rule = f"a tie is there twice, on row {first + 1} too; remove one of them, or "
        rule += 'pass duplicates="merge" or "keep"'
        check(False, caller, rule, place(int(rows[at])) | {"tie": tie})

"""Samples by NumPy, where the compiled library is not there: the same samples."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from graphattn.ops.sample.picks import Ints, nth, pick
from graphattn.ops.sample.records import Relation, Rules, Sample, Starts, refuse


def sample(
    relations: Sequence[Relation],
    num_nodes: list[int],
    starts: Starts,
    rules: Rules,
    seed: int,
) -> Sample:
    """See `graphattn.ops.sample.op`."""
    nodes = starts.nodes.numpy()
    for (begin, end), size in zip(starts.bounds, num_nodes, strict=True):
        outside = (nodes[begin:end] < 0) | (nodes[begin:end] >= size)
        if outside.any():
            refuse(starts, begin + int(outside.argmax()), num_nodes)
    return _Drawing(relations, starts, rules, seed).run()


class _Drawing:
    """A sample as it grows."""

    def __init__(
        self, relations: Sequence[Relation], starts: Starts, rules: Rules, seed: int
    ) -> None:
        self.relations = relations
        self.rules = rules
        self.seed = np.uint64(seed % 2**64)
        self.times = None if starts.times is None else starts.times.numpy()
        nodes = starts.nodes.numpy()
        self.drawn = [
            _Nodes(nodes[begin:end], begin, rules.disjoint)
            for begin, end in starts.bounds
        ]
        self.edges: list[list[tuple[Ints, Ints, Ints]]] = [[] for _ in relations]

    def run(self) -> Sample:
        """Draws hop by hop; returns what was drawn."""
        num_hops = len(self.rules.counts[0]) if self.rules.counts else 0
        bounds = [[0, len(drawn)] for drawn in self.drawn]
        for hop in range(num_hops):
            for number, relation in enumerate(self.relations):
                begin, end = bounds[relation.target][-2:]
                self.edges[number].append(self.draw(hop, number, begin, end))
            for drawn, ends in zip(self.drawn, bounds, strict=True):
                ends.append(len(drawn))
        edges_per_hop = [[len(hop[0]) for hop in hops] for hops in self.edges]
        if self.rules.induced:
            self.edges = [[self.induce(relation)] for relation in self.relations]
        row, col, edge = ([_join(hops, i) for hops in self.edges] for i in range(3))
        return Sample(
            [torch.from_numpy(drawn.node) for drawn in self.drawn],
            [torch.from_numpy(drawn.batch) for drawn in self.drawn],
            *(row, col, edge),
            [np.diff(ends).tolist() for ends in bounds],
            edges_per_hop,
        )

    def draw(
        self, hop: int, number: int, begin: int, end: int
    ) -> tuple[Ints, Ints, Ints]:
        """Returns row, col and edge of what is drawn for a range of targets."""
        relation, rules = self.relations[number], self.rules
        count = rules.counts[number][hop]
        places = np.arange(begin, end)
        first, last = self.open(relation, places)
        if rules.last and count >= 0:
            first = np.maximum(first, last - count)
        stream = nth(nth(np.asarray([self.seed]), hop), number)
        weight = None if relation.weight is None else relation.weight.numpy()
        state = nth(stream, places)
        owner, slot = pick(weight, first, last, count, rules.replace, state)
        target = places[owner]
        batch = self.drawn[relation.target].batch_of(target)
        source = relation.col.numpy()[slot].astype(np.int64)
        row = self.drawn[relation.source].number(source, batch)
        return row, target, relation.perm.numpy()[slot].astype(np.int64)

    def open(self, relation: Relation, places: Ints) -> tuple[Ints, Ints]:
        """Returns where the slots that were there in time begin and end."""
        targets, rowptr = self.drawn[relation.target], relation.rowptr.numpy()
        node = targets.node[places]
        first, last = rowptr[node].astype(np.int64), rowptr[node + 1].astype(np.int64)
        if relation.time is not None and self.times is not None:
            time, until = relation.time.numpy(), self.times[targets.batch_of(places)]
            for i in range(len(places)):
                row = time[first[i] : last[i]]
                last[i] = first[i] + row.searchsorted(until[i], side="right")
        return first, last

    def induce(self, relation: Relation) -> tuple[Ints, Ints, Ints]:
        """Returns row, col and edge of every edge between two drawn nodes."""
        targets = self.drawn[relation.target]
        first, last = self.open(relation, np.arange(len(targets)))
        nothing = np.zeros(len(first), np.uint64)
        target, slot = pick(None, first, last, -1, False, nothing)
        source = relation.col.numpy()[slot].astype(np.int64)
        row = self.drawn[relation.source].find(source, targets.batch_of(target))
        edge = relation.perm.numpy()[slot].astype(np.int64)
        return row[row >= 0], target[row >= 0], edge[row >= 0]


class _Nodes:
    """The nodes of one type, numbered in the order in which they were met."""

    def __init__(self, node: Ints, first: int, disjoint: bool) -> None:
        self.disjoint = disjoint
        self.node = node.copy()
        self.batch = np.arange(first, first + len(node) if disjoint else first)
        self.keys, self.numbers = np.unique(
            self._key(node, self.batch), return_index=True
        )

    def __len__(self) -> int:
        return len(self.node)

    def batch_of(self, places: Ints) -> Ints:
        return self.batch[places] if self.disjoint else np.zeros_like(places)

    def find(self, node: Ints, batch: Ints) -> Ints:
        """Returns the number of each node, -1 where it has none."""
        key = self._key(node, batch)
        if len(self.keys) == 0:
            return np.full(len(key), -1)
        place = self.keys.searchsorted(key).clip(max=len(self.keys) - 1)
        return np.where(self.keys[place] == key, self.numbers[place], -1)

    def number(self, node: Ints, batch: Ints) -> Ints:
        """Returns the number of each node; those without get the next ones."""
        new = np.flatnonzero(self.find(node, batch) < 0)
        key, first = np.unique(self._key(node[new], batch[new]), return_index=True)
        met = new[np.sort(first)]
        self.numbers = np.append(self.numbers, len(self) + first.argsort().argsort())
        self.keys = np.append(self.keys, key)
        order = self.keys.argsort()
        self.keys, self.numbers = self.keys[order], self.numbers[order]
        self.node = np.append(self.node, node[met])
        if self.disjoint:
            self.batch = np.append(self.batch, batch[met])
        return self.find(node, batch)

    def _key(self, node: Ints, batch: Ints) -> Ints:
        return (batch << 32) + node if self.disjoint else node


def _join(hops: list[Any], part: int) -> Tensor:
    parts = [hop[part] for hop in hops]
    return torch.from_numpy(np.concatenate(parts) if parts else np.empty(0, np.int64))

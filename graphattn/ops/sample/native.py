"""Samples by the compiled library."""

import ctypes
from collections.abc import Iterable, Sequence
from itertools import chain

import torch
from torch import Tensor

from graphattn.ops.native.binding import check
from graphattn.ops.native.library import library
from graphattn.ops.sample.records import Relation, Rules, Sample, Starts, refuse

# `struct SampleArgs` and `struct Relation` in `graphattn/ops/native/src/sample.h`.
_FIELDS = (
    *("step", "num_types", "num_relations", "num_hops"),
    *("replace", "disjoint", "induced", "last", "seed"),
    *("num_nodes", "relations", "counts", "starts", "starts_of", "start_times"),
    *("drawn", "nodes_per_hop", "edges_per_hop", "num_edges"),
    *("node", "batch", "row", "col", "edge", "bad_start"),
)
_RECORD = ctypes.c_int64 * len(_FIELDS)
_PLACE = {name: place for place, name in enumerate(_FIELDS)}
_DRAW, _TAKE, _DROP = 0, 1, 2
_BAD_ARGUMENTS = 2


def sample(
    relations: Sequence[Relation],
    num_nodes: list[int],
    starts: Starts,
    rules: Rules,
    seed: int,
) -> Sample:
    """See `graphattn.ops.sample.op`."""
    call = _Call(relations, num_nodes, starts, rules, seed)
    status = call.run(_DRAW)
    if status == _BAD_ARGUMENTS:
        refuse(starts, call.record[_PLACE["bad_start"]], num_nodes)
    check(status)
    try:
        return call.take(rules)
    finally:
        call.run(_DROP)


class _Call:
    """One call's arguments. Keeps what it points into alive."""

    def __init__(
        self,
        relations: Sequence[Relation],
        num_nodes: list[int],
        starts: Starts,
        rules: Rules,
        seed: int,
    ) -> None:
        self.num_types, self.num_relations = len(num_nodes), len(relations)
        self.num_hops = len(rules.counts[0]) if rules.counts else 0
        self.nodes_per_hop = _numbers([0] * (self.num_types * (self.num_hops + 1)))
        self.edges_per_hop = _numbers([0] * (self.num_relations * self.num_hops))
        self.num_edges = _numbers([0] * self.num_relations)
        self.alive: list[object] = [relations, starts]
        self.record = _RECORD()
        self.set(
            num_types=self.num_types,
            num_relations=self.num_relations,
            num_hops=self.num_hops,
            replace=rules.replace,
            disjoint=rules.disjoint,
            induced=rules.induced,
            last=rules.last,
            seed=seed,
            starts=starts.nodes.data_ptr(),
            start_times=_address(starts.times),
        )
        self.point("num_nodes", _numbers(num_nodes))
        self.point("relations", _numbers(chain(*map(_fields, relations))))
        self.point("counts", _numbers(chain(*rules.counts)))
        self.point("starts_of", _numbers(chain(*starts.bounds)))
        self.point("nodes_per_hop", self.nodes_per_hop)
        self.point("edges_per_hop", self.edges_per_hop)
        self.point("num_edges", self.num_edges)

    def set(self, **values: int) -> None:
        for name, value in values.items():
            self.record[_PLACE[name]] = value

    def point(self, name: str, numbers: ctypes.Array) -> None:
        self.alive.append(numbers)
        self.record[_PLACE[name]] = ctypes.addressof(numbers)

    def run(self, step: int) -> int:
        self.set(step=step)
        size = ctypes.c_int64(ctypes.sizeof(self.record))
        return library().graphattn_sample(self.record, size)

    def take(self, rules: Rules) -> Sample:
        nodes = _rows(self.nodes_per_hop, self.num_hops + 1, self.num_types)
        edges = _rows(self.edges_per_hop, self.num_hops, self.num_relations)
        num_drawn = [sum(row) for row in nodes]
        node = self.fill("node", num_drawn)
        batch = self.fill("batch", [n if rules.disjoint else 0 for n in num_drawn])
        row, col, edge = (
            self.fill(name, list(self.num_edges)) for name in ("row", "col", "edge")
        )
        check(self.run(_TAKE))
        return Sample(node, batch, row, col, edge, nodes, edges)

    def fill(self, name: str, sizes: list[int]) -> list[Tensor]:
        made = [torch.empty(size, dtype=torch.int64) for size in sizes]
        self.point(name, _numbers(tensor.data_ptr() for tensor in made))
        return made


def _fields(relation: Relation) -> tuple[int, ...]:
    tensors = (relation.rowptr, relation.col, relation.perm)
    return (
        relation.source,
        relation.target,
        *(tensor.data_ptr() for tensor in tensors),
        _address(relation.time),
        _address(relation.weight),
    )


def _address(tensor: Tensor | None) -> int:
    return 0 if tensor is None else tensor.data_ptr()


def _numbers(values: Iterable[int]) -> ctypes.Array:
    values = list(values)
    return (ctypes.c_int64 * len(values))(*values)


def _rows(numbers: ctypes.Array, width: int, count: int) -> list[list[int]]:
    return [list(numbers[i * width : (i + 1) * width]) for i in range(count)]

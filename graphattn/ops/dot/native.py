"""Scaled dot product attention along edges, compiled."""

from graphattn.ops.dot import portable
from graphattn.ops.native.attention import attention_kernels
from graphattn.ops.native.binding import DOT, Record
from graphattn.ops.schema import Given


def _fill(record: Record, given: Given) -> None:
    if given["edge_attr"] is not None:
        record.rows("edge_query", given["edge_query"])
    record.set(scale=given["scale"])


forward, backward = attention_kernels(DOT, portable, _fill)

"""GAT's attention along edges, compiled."""

from graphattn.ops.gat import portable
from graphattn.ops.native.attention import attention_kernels
from graphattn.ops.native.binding import GAT, Record
from graphattn.ops.schema import Given


def _fill(record: Record, given: Given) -> None:
    record.edge("edge_score", given["edge_score"])
    record.set(negative_slope=given["negative_slope"])


forward, backward = attention_kernels(GAT, portable, _fill)

"""Additive attention along edges, compiled."""

from graphattn.ops.additive import portable
from graphattn.ops.native.attention import attention_kernels
from graphattn.ops.native.binding import ADDITIVE, Record
from graphattn.ops.schema import Given

_ACTIVATIONS = {"leaky_relu": 0, "tanh": 1}


def _fill(record: Record, given: Given) -> None:
    record.edge("weight", given["weight"])
    if given["edge_attr"] is not None:
        record.edge("edge_key_weight", given["edge_key_weight"])
    record.set(
        activation=_ACTIVATIONS[given["activation"]],
        negative_slope=given["negative_slope"],
    )


forward, backward = attention_kernels(ADDITIVE, portable, _fill)

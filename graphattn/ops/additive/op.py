"""`graphattn::additive`: additive attention along edges (Bahdanau, GATv2)."""

from graphattn.ops.additive import native, portable
from graphattn.ops.define import attention_op

additive, additive_backward = attention_op("additive", portable, native)

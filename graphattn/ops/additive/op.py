"""`graphattn::additive`: additive attention along edges (Bahdanau, GATv2)."""

from graphattn.ops.define import attention_op
from graphattn.ops.additive import portable

additive, additive_backward = attention_op("additive", portable)

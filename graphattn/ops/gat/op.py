"""`graphattn::gat`: GAT's attention, whose score is a sum of two node scalars."""

from graphattn.ops.define import attention_op
from graphattn.ops.gat import native, portable

gat, gat_backward = attention_op("gat", portable, native)

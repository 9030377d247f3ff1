"""`graphattn::dot`: scaled dot product attention along edges."""

from graphattn.ops.define import attention_op
from graphattn.ops.dot import native, portable

dot, dot_backward = attention_op("dot", portable, native)

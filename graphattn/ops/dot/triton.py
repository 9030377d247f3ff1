"""Scaled dot product attention along edges, in Triton."""

from graphattn.ops.dot import portable
from graphattn.ops.triton.passes import attention_kernels

forward, backward = attention_kernels("dot", portable)

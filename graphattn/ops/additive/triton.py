"""Additive attention along edges, in Triton."""

from graphattn.ops.additive import portable
from graphattn.ops.triton.passes import attention_kernels

forward, backward = attention_kernels("additive", portable)

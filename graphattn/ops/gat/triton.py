"""GAT's attention along edges, in Triton."""

from graphattn.ops.gat import portable
from graphattn.ops.triton.passes import attention_kernels

forward, backward = attention_kernels("gat", portable)

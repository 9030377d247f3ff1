"""Scaled dot product attention along edges."""

from graphattn.ops.dot.op import dot as dot

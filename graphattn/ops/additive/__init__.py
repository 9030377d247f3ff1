"""Additive attention along edges (Bahdanau, GATv2)."""

from graphattn.ops.additive.op import additive as additive

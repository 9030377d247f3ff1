"""The operations behind `graphattn.functional`, one folder each.

In each folder: `op.py` registers the schema, the shapes and the gradient with
PyTorch's dispatcher; `reference.py` is the obvious, slow truth that tests compare
with; `portable.py` runs on any device; `native.py` and `triton.py` are fused.
"""

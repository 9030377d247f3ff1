"""The fused GPU kernels, in Triton; nothing here imports triton until one is called.

One program takes some rows (targets, or sources on the way back) and all heads, and
walks over their edges a tile `[rows, edges, heads, width]` at a time. Which scores a
kernel computes is a constant at compile time.
"""

from importlib.util import find_spec

import torch

AVAILABLE = torch.version.cuda is not None and find_spec("triton") is not None

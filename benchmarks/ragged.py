"""Full attention within each of many sets: one kernel for all, padding, set by set.

Run it: python benchmarks/ragged.py             (about a minute)

Forward and backward, in milliseconds, the best of several rounds in which all take
turns; results are asserted equal first. `graphattn::full` walks through the pairs of
all sets; "padded" gives the sets, padded to the longest, with a mask to PyTorch's
scaled dot product attention; "set by set" calls it once for each; "chosen" is
`full_attention(batch=...)`.
"""

import argparse

import torch
from measure import forward_and_backward, race, same, table
from torch import Tensor
from torch.nn.functional import scaled_dot_product_attention
from torch_geometric.utils import to_dense_batch

from graphattn import full_attention
from graphattn.ops.full import full

SHAPES = ((8, 16), (4, 16), (6, 32), (4, 64))
LENGTHS = (23, 37, 53, 79, 101, 199, 401)


def _sdpa(query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None) -> Tensor:
    """Takes and returns `[sets, rows, heads, channels]`."""
    tensors = (tensor.transpose(1, 2) for tensor in (query, key, value))
    return scaled_dot_product_attention(*tensors, attn_mask=mask).transpose(1, 2)


def compete(length: int, heads: int, channels: int, options: argparse.Namespace):
    """Returns one row of the table."""
    sets = max(options.rows // length, 2)
    sizes = torch.randint(length // 2, length + length // 2 + 1, (sets,))
    ptr = torch.cat([sizes.new_zeros(1), sizes.cumsum(0)])
    batch = torch.repeat_interleave(torch.arange(sets), sizes)
    leaves = [
        torch.randn(len(batch), heads, channels, requires_grad=True) for _ in range(3)
    ]
    pieces = sizes.tolist()

    def pairs() -> Tensor:
        return full(*leaves, ptr, ptr, False, channels**-0.5, 0.0, None)[0]

    def padded() -> Tensor:
        dense = [to_dense_batch(leaf, batch)[0] for leaf in leaves]
        there = to_dense_batch(leaves[0], batch)[1]
        return _sdpa(dense[0], dense[1], dense[2], there[:, None, None])[there]

    def set_by_set() -> Tensor:
        split = zip(*(leaf.split(pieces) for leaf in leaves), strict=True)
        return torch.cat(
            [_sdpa(q[None], k[None], v[None], None)[0] for q, k, v in split]
        )

    def chosen() -> Tensor:
        return full_attention(*leaves, batch=batch)

    grad = torch.randn(len(batch), heads, channels)
    ways = [pairs, padded, set_by_set, chosen]
    steps = {way.__name__: forward_and_backward(way, leaves, grad) for way in ways}
    for way in ways[1:]:
        same([way()], [pairs()], 1e-5)
        same(steps[way.__name__](), steps["pairs"](), 1e-4)
    best = race(steps, options.repeat)
    times = (f"{1e3 * best[way.__name__]:.1f}" for way in ways)
    return [f"{heads} x {channels}", sets, length, *times]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=3001, help="in all sets together")
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--lengths", type=int, nargs="*", default=LENGTHS)
    options = parser.parse_args()
    torch.manual_seed(0)
    header = ["heads x channels", "sets", "mean length"]
    header += ["graphattn::full", "padded", "set by set", "chosen"]
    rows = [
        compete(length, *shape, options)
        for shape in SHAPES
        for length in options.lengths
    ]
    print(f"{torch.get_num_threads()} threads, float32, milliseconds")
    print(table(header, rows))


if __name__ == "__main__":
    main()

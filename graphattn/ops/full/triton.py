"""Full attention within ragged sets, in Triton: flash-style, no pairs are listed."""

from typing import Any, NamedTuple

import torch
import triton
from torch import Tensor

from graphattn.ops.full import portable
from graphattn.ops.schema import Given, by_name
from graphattn.ops.segments import accumulation_dtype
from graphattn.ops.triton.blocks import find_ranges
from graphattn.ops.triton.launch import ACC, drops, on_device
from graphattn.ops.triton.sets import forward_sets, keys_of_sets, queries_of_sets

# Numbers in a block of rows of one head, the fewest rows a matrix product takes, and
# for how many rows a program looks for their set.
_NUMBERS, _LEAST, _SEARCHED = 64 * 64, 16, 128


class Blocks(NamedTuple):
    """What the launches of a call share."""

    tensors: tuple[Tensor | None, ...]
    ranges: dict[str, Tensor]
    num_sets: int
    sizes: dict[str, int]
    constants: dict[str, Any]

    @classmethod
    def of(cls, given: Given) -> "Blocks":
        """Takes the op's arguments, and finds which rows each row sees."""
        query, key, value = (given[n].contiguous() for n in ("query", "key", "value"))
        pointers = [given[name].contiguous() for name in ("ptr_query", "ptr_key")]
        sizes = {"num_queries": len(query), "num_keys": len(key)}
        ranges = {
            name: pointers[0].new_empty(2, size, dtype=torch.int32)
            for name, size in sizes.items()
        }
        num_sets, most = len(pointers[0]) - 1, max(sizes.values())
        if most:
            kernel: Any = find_ranges
            kernel[(triton.cdiv(most, _SEARCHED),)](
                *pointers, *ranges.values(), **sizes, num_sets=num_sets,
                steps=num_sets.bit_length(), CAUSAL=given["causal"], R=_SEARCHED,
                num_warps=4,
            )  # fmt: skip
        constants = {
            "scale": given["scale"],
            "H": query.shape[1],
            "C": query.shape[2],
            "D": value.shape[2],
            "CP": _padded(query.shape[2]),
            "DP": _padded(value.shape[2]),
            "ACC": ACC[accumulation_dtype(value.dtype)],
        }
        seed = given["seed"] if given["dropout"] > 0.0 else None
        sizes |= drops(given["dropout"])
        return cls((query, key, value, seed), ranges, num_sets, sizes, constants)

    def run(self, kernel: Any, over: str, *tensors: Tensor) -> None:
        """Launches a kernel over blocks of `num_queries` or of `num_keys` rows."""
        count, heads = self.sizes[over], self.constants["H"]
        width = max(self.constants["CP"], self.constants["DP"])
        itemsize = tensors[0].element_size()
        rows, partners, warps = choose_block(width, itemsize, count, self.num_sets)
        if count and heads:
            kernel[(triton.cdiv(count, rows), heads)](
                *self.tensors, self.ranges[over], *tensors, **self.sizes,
                **self.constants, R=rows, P=partners, num_warps=warps,
            )  # fmt: skip


def choose_block(
    width: int, itemsize: int, num_rows: int, num_sets: int
) -> tuple[int, int, int]:
    """Returns a block's rows, how many partners it takes at a time, and its warps.

    As many rows as the registers hold, but no more than the sets have on average: a
    block that spans sets looks at the partners of all. A traced call has more sets
    than rows, which says nothing.
    """
    most = max(_NUMBERS // max(width, 64), _LEAST)
    mean = num_rows // max(num_sets, 1)
    fitting = max(triton.next_power_of_2(mean), _LEAST) if mean else most
    wide = width * itemsize
    return min(fitting, most), 32 if wide < 256 else 16, 4 if wide <= 256 else 8


def _padded(width: int) -> int:
    return max(triton.next_power_of_2(max(width, 1)), _LEAST)


def _forward(given: Given) -> tuple[Tensor, Tensor]:
    query, value = given["query"], given["value"]
    out = value.new_empty(*query.shape[:2], value.shape[2])
    dtype = accumulation_dtype(value.dtype)
    logsumexp = value.new_empty(query.shape[:2], dtype=dtype)
    with on_device(value):
        blocks = Blocks.of(given)
        blocks.run(forward_sets, "num_queries", out, logsumexp)
    return out, logsumexp


def _backward(given: Given) -> tuple[Tensor, Tensor, Tensor]:
    found = tuple(
        given[name].new_empty(given[name].shape) for name in ("query", "key", "value")
    )
    grad_out, grad_logsumexp, out, logsumexp = (
        given[name].contiguous()
        for name in ("grad_out", "grad_logsumexp", "out", "logsumexp")
    )
    delta = logsumexp.new_empty(logsumexp.shape)
    grads = (grad_out, logsumexp, delta)
    with on_device(delta):
        blocks = Blocks.of(given)
        saved = (grad_logsumexp, out, found[0])
        blocks.run(queries_of_sets, "num_queries", *grads, *saved)
        blocks.run(keys_of_sets, "num_keys", *grads, *found[1:])
    return found[0], found[1], found[2]


forward = by_name(portable.forward, _forward)
"""See `graphattn.ops.full.portable.forward`."""

backward = by_name(portable.backward, _backward)
"""See `graphattn.ops.full.portable.backward`."""

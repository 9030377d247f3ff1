"""Full attention within ragged sets against the portable blocks in float64."""

import pytest
import torch
from torch.testing import assert_close

from graphattn.ops.full import native, portable

TOLERANCE = {
    torch.float64: 1e-13,
    torch.float32: 1e-5,
    torch.float16: 8e-3,
    torch.bfloat16: 6e-2,
}
QUERIES, KEYS = (7, 0, 1, 71, 3, 5), (5, 3, 0, 67, 2, 5)


def pointers(sizes):
    return torch.tensor([0, *sizes]).cumsum(0)


def compare(queries, keys, shape, dtype, causal, dropout):
    heads, width, value_width = shape
    query = torch.randn(sum(queries), heads, width).to(dtype)
    key = torch.randn(sum(keys), heads, width).to(dtype)
    value = torch.randn(sum(keys), heads, value_width).to(dtype)
    rows, seed = (pointers(queries), pointers(keys)), torch.tensor([5 << 33 | 77])
    settings = (causal, width**-0.5, dropout, seed)
    got = native.forward(query, key, value, *rows, *settings)
    exact = [tensor.double() for tensor in (query, key, value)]
    want = portable.forward(*exact, *rows, *settings)
    grads = [torch.randn_like(tensor) for tensor in got]
    found = native.backward(*grads, query, key, value, *rows, *got, *settings)
    wide = [tensor.double() for tensor in (*grads, query, key, value)]
    wanted = portable.backward(*wide, *rows, *(t.double() for t in got), *settings)
    for one, other in zip((*got, *found), (*want, *wanted), strict=True):
        top = other[other.isfinite()].abs().max().clamp(min=1.0)
        assert_close(one.double(), other, rtol=0.0, atol=TOLERANCE[dtype] * top.item())


@pytest.mark.parametrize("dtype", TOLERANCE, ids=str)
@pytest.mark.parametrize("shape", [(8, 16, 16), (3, 7, 5), (1, 1, 33)], ids=str)
@pytest.mark.parametrize("causal", [False, True])
def test_agrees_with_portable(isa, dtype, shape, causal):
    compare(QUERIES, KEYS, shape, dtype, causal, dropout=0.3)


def test_a_set_longer_than_a_segment_is_merged_from_pieces():
    compare((3, 5003), (9001, 2), (2, 5, 3), torch.float32, False, dropout=0.0)


def test_any_number_of_threads_gives_the_same_bits():
    sizes = torch.arange(3, 90).tolist()
    rows = torch.randn(sum(sizes), 8, 16)
    ptr, seen = pointers(sizes), []
    for threads in (1, 2, 3):
        torch.set_num_threads(threads)
        found = native.forward(rows, rows, rows, ptr, ptr, True, 0.25, 0.0, None)
        seen.append(found[0])
    assert torch.equal(seen[0], seen[1])
    assert torch.equal(seen[0], seen[2])


def test_too_many_pairs_for_31_bits_are_left_to_portable():
    many = pointers([65_536])
    assert native.find_ranges(many, many, 65_536, 65_536, causal=False) is None
    assert native.find_ranges(many, many, 65_536, 65_536, causal=True) is None
    assert native.find_ranges(many, many - many, 65_536, 0, causal=False) is not None

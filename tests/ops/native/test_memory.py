"""Rows that lie apart, and rows farther away than 32 bits can say."""

import pytest
import torch
from graphs import random_graph
from torch.testing import assert_close

from graphattn.ops.dot import native as dot


def test_rows_may_be_slices_of_one_projection(make_call, check_call):
    graph = random_graph(157, 23, 23)
    call = make_call("dot", graph, 8, 16, 16)
    joined = torch.randn(23, 3, 8, 16)
    call.tensors[:3] = joined.unbind(1)
    assert not call.tensors[1].is_contiguous()
    check_call(call)


def test_scattered_rows_are_copied(make_call, check_call):
    call = make_call("dot", random_graph(157, 23, 23), 8, 16, 16)
    call.tensors[:3] = torch.randn(3, 16, 23, 8).permute(0, 2, 3, 1).unbind(0)
    check_call(call)


def test_expanded_gradients_are_read_by_their_strides(make_call):
    call = make_call("gat", random_graph(157, 23, 31), 8, 16, 16)
    outputs = call.forward()
    ones = [torch.ones_like(tensor) for tensor in outputs]
    expanded = [torch.ones(()).expand_as(tensor) for tensor in outputs]
    found = zip(
        call.backward(expanded, outputs), call.backward(ones, outputs), strict=True
    )
    assert all(torch.equal(one, other) for one, other in found)


def test_offsets_beyond_two_to_the_31(tmp_path, make_call):
    """A sparse file: three rows, each 2^30 elements after the one before."""
    stride = 2**30
    file = torch.from_file(
        str(tmp_path / "rows"), shared=True, size=2 * stride + 128, dtype=torch.float16
    )
    call = make_call("dot", random_graph(19, 3, 3), 8, 16, 16, dtype=torch.float16)
    key = call.tensors[1]
    far = file.as_strided((3, 8, 16), (stride, 16, 1))
    far.copy_(key)
    near = call.forward()
    call.tensors[1] = far
    assert_close(call.forward(), near, rtol=0, atol=0)


def test_types_must_agree(make_call):
    call = make_call("dot", random_graph(19, 3, 3))
    call.tensors[2] = call.tensors[2].double()
    with pytest.raises(ValueError, match=r"value = float64\[3,3,7\] on cpu"):
        dot.forward(*call.tensors, *call.settings)

import pytest
import torch
from dense import SETS, batch_of, matrix
from hypothesis import given

from graphattn import patterns


@given(sizes=SETS)
def test_where_sets_begin_says_the_same_as_the_set_of_each_node(sizes):
    ptr = torch.tensor([0, *sizes]).cumsum(0)
    got = patterns.for_batch(patterns.window, ptr, 2, causal=True)
    want = patterns.window(sum(sizes), 2, causal=True, batch=batch_of(sizes))
    assert torch.equal(matrix(got), matrix(want))


def test_sets_without_nodes_are_passed_over():
    got = patterns.for_batch(patterns.full, torch.tensor([0, 0, 2, 2, 3]))
    assert torch.equal(
        matrix(got), torch.block_diag(torch.ones(2, 2), torch.ones(1, 1)).long()
    )


@pytest.mark.parametrize("ptr", [[], [1, 3], [0, 3, 2]])
def test_pointers_that_do_not_point_are_refused(ptr):
    with pytest.raises(ValueError, match=r"patterns\.for_batch: ptr must begin with 0"):
        patterns.for_batch(patterns.full, torch.tensor(ptr, dtype=torch.int64))

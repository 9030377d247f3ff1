"""Where floating point could go wrong."""

import math

import pytest
import torch
from graphs import Graph, random_graph
from torch.testing import assert_close

from graphattn.ops.compress import portable as compress_portable
from graphattn.ops.dot import native as dot

INFINITY = float("inf")


def bias_only(bias, graph=None):
    """Softmax weights of one row of biases, and the logsumexp."""
    count = len(bias)
    ends = torch.stack([torch.arange(count), torch.zeros(count, dtype=torch.long)])
    structure = compress_portable.compress(ends, count, 1)
    zeros = torch.zeros(1, 1, 1, dtype=bias.dtype)
    value = torch.eye(count, dtype=bias.dtype).unsqueeze(1)
    keys = zeros.expand(count, 1, 1)
    out, _, logsumexp = dot.forward(
        zeros,
        keys,
        value,
        None,
        None,
        bias.unsqueeze(1),
        None,
        *structure,
        1.0,
        0.0,
        None,
    )
    return out.flatten(), logsumexp.flatten()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
def test_softmax_is_accurate_to_a_few_units_in_the_last_place(isa, dtype):
    bias = torch.randn(53).double().mul(7.0).to(dtype)
    weights, logsumexp = bias_only(bias)
    exact = bias.double()
    precision = torch.finfo(dtype).eps if dtype == torch.float32 else 4e-16
    # The score itself is rounded to within its own last place before exp.
    budget = precision * (4.0 + float(exact.abs().max()))
    assert_close(weights.double(), exact.softmax(0), rtol=budget, atol=1e-38)
    assert_close(logsumexp.double(), exact.logsumexp(0, True), rtol=budget, atol=0)


@pytest.mark.parametrize("size", [1e4, -1e4])
@pytest.mark.parametrize(
    "dtype", [torch.float16, torch.float32, torch.float64], ids=str
)
def test_huge_logits_neither_overflow_nor_vanish(isa, size, dtype, make_call):
    call = make_call("dot", random_graph(97, 13, 11), 8, 16, 16, dtype=dtype)
    call.tensors[5].mul_(abs(size) / 4.0)
    call.tensors[5].add_(size)
    outputs = call.forward()
    attended = call.tensors[6].any()
    assert attended
    grads = call.backward([torch.ones_like(out) for out in outputs], outputs)
    assert all(tensor.isfinite().all() for tensor in (outputs[0], *grads))


def test_equal_logits_far_from_zero_share_the_weight(isa):
    weights, logsumexp = bias_only(torch.full((7,), -1e4))
    assert_close(weights, torch.full((7,), 1 / 7))
    assert_close(logsumexp, torch.tensor([-1e4 + math.log(7)]))


def test_minus_infinity_as_bias_is_a_mask(isa):
    weights, _ = bias_only(torch.tensor([-INFINITY, 0.0, -INFINITY, 0.0, 0.0]))
    assert_close(weights, torch.tensor([0.0, 1 / 3, 0.0, 1 / 3, 1 / 3]))
    weights, logsumexp = bias_only(torch.full((5,), -INFINITY))
    assert torch.equal(weights, torch.zeros(5))
    assert logsumexp.item() == -INFINITY


def test_a_nan_score_reaches_its_row_and_no_other(isa, make_call):
    ends = torch.tensor([[0, 1, 2, 3], [0, 0, 1, 1]])
    call = make_call("dot", Graph(ends, 4, 2), 8, 16, 16, options=False)
    call.tensors[1][1] = float("nan")
    out, _, logsumexp = call.forward()
    assert out[0].isnan().all()
    assert logsumexp[0].isnan().all()
    assert out[1].isfinite().all()


def test_dropout_drops_all_at_one_and_nothing_at_zero(isa, make_call):
    graph = random_graph(97, 13, 11)
    call = make_call("dot", graph, 8, 16, 16, dropout=1.0)
    assert torch.equal(call.forward()[0], torch.zeros(11, 8, 16))
    call.settings[1] = 0.0
    with_seed = call.forward()[0]
    call.settings[2] = None
    assert torch.equal(call.forward()[0], with_seed)

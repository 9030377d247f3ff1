import pytest
import torch
from torch.testing import assert_close
from torch_geometric.nn.dense.linear import Linear

from graphattn import GraphAttention
from graphattn.nn import projection
from graphattn.nn.projection import project


def words(rows=2053, columns=131, filled=0.02, dtype=torch.float64):
    """A mostly empty matrix, with an empty row and an empty column."""
    x = torch.randn(rows, columns, dtype=dtype)
    x[torch.rand(rows, columns) > filled] = 0.0
    x[5], x[:, 7] = 0.0, 0.0
    return x


@pytest.fixture
def skipped(monkeypatch):
    """Counts how often zeros were skipped."""
    seen, apply = [], projection._SparseLinear.apply

    def count(*args):
        seen.append(args)
        return apply(*args)

    monkeypatch.setattr(projection._SparseLinear, "apply", count)
    return seen


@pytest.mark.parametrize("bias", [False, True])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
def test_skipping_zeros_changes_neither_result_nor_gradient(bias, dtype, skipped):
    x, linear = words(dtype=dtype), Linear(131, 7, bias=bias).to(dtype)
    found = []
    for out in (project(linear, x), linear(x)):
        upstream = torch.linspace(-1, 1, out.numel(), dtype=dtype).view_as(out)
        found.append((out, *torch.autograd.grad(out, linear.parameters(), upstream)))
    assert len(skipped) == 1
    assert_close(*found, rtol=1e-4, atol=1e-4 if dtype == torch.float32 else 1e-10)


def test_a_change_in_place_is_seen(skipped):
    x, linear = words(), Linear(131, 7).double()
    project(linear, x)
    x[3, 11] = 5.0
    assert_close(project(linear, x), linear(x))
    x.normal_()
    assert_close(project(linear, x), linear(x))
    assert len(skipped) == 2


@pytest.mark.parametrize(
    "x",
    [
        words(filled=0.5),
        words(columns=97),
        words(rows=1999),
        words().requires_grad_(),
        words().unsqueeze(0),
    ],
    ids=["filled", "narrow", "small", "gradient", "stacked"],
)
def test_other_inputs_are_projected_as_ever(x, skipped):
    linear = Linear(x.shape[-1], 7).double()
    assert torch.equal(project(linear, x), linear(x))
    assert not skipped


def test_a_hooked_projection_is_called(skipped):
    linear = Linear(131, 7).double()
    linear.register_forward_hook(lambda *_: torch.zeros(3))
    assert torch.equal(project(linear, words()), torch.zeros(3))


def test_a_layer_attends_alike_with_and_without_zeros_skipped(monkeypatch, skipped):
    x, edges = words(dtype=torch.float32), torch.randint(2053, (2, 5003))
    layer = GraphAttention(131, 12, 3)
    quick = layer(x, edges)
    assert len(skipped) == 3
    monkeypatch.setattr(projection, "_LEAST_COLUMNS", 132)
    assert_close(quick, layer(x, edges), rtol=1e-4, atol=1e-5)

"""PyG's layers beside their twins, and what must be equal between them."""

import torch
from torch.testing import assert_close
from torch_geometric import nn as pyg

from graphattn.nn import conv

TWINS = {
    pyg.GATConv: conv.GATConv,
    pyg.GATv2Conv: conv.GATv2Conv,
    pyg.TransformerConv: conv.TransformerConv,
}
NAMES = [stock.__name__ for stock in TWINS]


def pair(name, *args, dtype=torch.float64, **options):
    """PyG's layer and its twin with the same weights, none of them zero."""
    stock = getattr(pyg, name)
    one, other = stock(*args, **options), TWINS[stock](*args, **options)
    with torch.no_grad():
        for parameter in one.parameters():
            if not isinstance(parameter, torch.nn.UninitializedParameter):
                parameter.normal_()
    other.load_state_dict(one.state_dict())
    return one.to(dtype), other.to(dtype)


def tensors(found):
    """All tensors in a result, sparse ones as their parts."""
    if isinstance(found, tuple):
        return [tensor for part in found for tensor in tensors(part)]
    if found.layout == torch.sparse_coo:
        return [found.indices(), found.values()]
    if found.layout == torch.sparse_csr:
        return [found.crow_indices(), found.col_indices(), found.values()]
    return [found]


def agree(stock, twin, *inputs, tolerance=1e-10, **options):
    """Asserts equal results, and equal gradients of parameters and inputs."""
    leaves = [
        tensor
        for part in (*inputs, *options.values())
        for tensor in (part if isinstance(part, tuple) else (part,))
        if isinstance(tensor, torch.Tensor) and tensor.requires_grad
    ]
    results, gradients = [], []
    for layer in (stock, twin):
        found = layer(*inputs, **options)
        results.append(found)
        total = sum(
            (tensor * torch.linspace(-1, 1, tensor.numel()).view_as(tensor)).sum()
            for tensor in tensors(found)
            if tensor.requires_grad
        )
        gradients.append(
            torch.autograd.grad(
                total, [*layer.parameters(), *leaves], materialize_grads=True
            )
        )
    (want, got), (want_grads, got_grads) = results, gradients
    assert type(got) is type(want)
    for one, other in zip(tensors(got), tensors(want), strict=True):
        assert_close(one, other, atol=tolerance, rtol=tolerance)
    for one, other in zip(got_grads, want_grads, strict=True):
        assert_close(one, other, atol=10 * tolerance, rtol=10 * tolerance)


def count_fused(layer, monkeypatch):
    """Counts how often PyG's own forward ran instead of the fused one."""
    ran = []
    original = layer.stock.forward
    monkeypatch.setattr(
        layer.stock,
        "forward",
        lambda *args, **options: ran.append(1) or original(*args, **options),
    )
    return ran

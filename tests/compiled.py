"""Run by test_compile.py in a process of its own, without run-time shape checks."""

import torch
from torch.testing import assert_close

import graphattn
from graphattn import GraphAttention, patterns
from graphattn.nn import RelativeBias, RelativeScore, RotaryEncoding, conv


def check(function, *inputs, backend="aot_eager"):
    """Compiles without graph breaks; compares outputs and gradients with eager."""
    torch._dynamo.reset()
    compiled = torch.compile(function, fullgraph=True, dynamic=True, backend=backend)
    leaves = [t for t in inputs if isinstance(t, torch.Tensor) and t.requires_grad]
    got, want = compiled(*inputs), function(*inputs)
    assert_close(got, want)
    assert_close(
        torch.autograd.grad(got.square().sum(), leaves),
        torch.autograd.grad(want.square().sum(), leaves),
    )


def main() -> None:
    torch.manual_seed(13)
    edges, batch = torch.randint(0, 13, (2, 61)), torch.arange(13) // 5
    adjacency = patterns.k_hop(edges, 13, 2)
    x, attr = torch.randn(13, 7, requires_grad=True), torch.randn(61, 2)
    for score in ("dot", "additive", "gatv2", "gat"):
        layer = GraphAttention(7, 6, 2, score=score, edge_dim=2)
        check(layer, x, edges, attr)
    layer = GraphAttention(7, 6, 2)
    check(layer, x, edges, backend="inductor")
    check(layer, x, adjacency)
    for twin in (conv.GATConv, conv.GATv2Conv, conv.TransformerConv):
        check(twin(7, 3, 2, edge_dim=2), x, edges, attr)
    check(lambda x: layer(x, batch=batch), x)
    check(lambda x: layer(x, causal=True), x)
    for position in (RotaryEncoding(4), RelativeScore(2, 4), RelativeBias(2, 5)):
        placed = GraphAttention(7, 8, 2, position=position)
        check(placed, x, edges)
        check(lambda x, placed=placed: placed(x, causal=True), x)
    dropping = GraphAttention(7, 6, 2, dropout=0.5)
    torch.compile(dropping, fullgraph=True, dynamic=True, backend="aot_eager")(x, edges)
    nodes = [torch.randn(13, 2, 5, requires_grad=True) for _ in range(3)]
    weight = torch.randn(2, 5, requires_grad=True)
    check(lambda *t: graphattn.graph_attention(*t, edges), *nodes)
    check(lambda *t: graphattn.additive_attention(*t, edges), *nodes, weight)
    check(lambda q, k: graphattn.attention_weights(q, k, edges), *nodes[:2])
    check(lambda *t: graphattn.full_attention(*t, batch=batch), *nodes)
    print("compiled")


if __name__ == "__main__":
    main()

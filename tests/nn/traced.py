"""Run by test_net.py in a process of its own, without run-time shape checks."""

import torch
from torch.export import Dim, export
from torch.testing import assert_close
from torch_geometric.nn import to_hetero

from graphattn.nn import GraphAttentionNet


def compiles_whole() -> None:
    """One graph for all sizes: sizes that come later compile nothing new."""
    net = GraphAttentionNet(
        7, 6, 2, 5, heads=2, edge_dim=3, jk="cat", norm="layer_norm"
    )
    compiled = torch.compile(net, fullgraph=True, dynamic=True, backend="aot_eager")
    parameters = list(net.parameters())
    for step, (nodes, edges) in enumerate(((13, 61), (17, 97), (5, 11))):
        x, attr = torch.randn(nodes, 7), torch.randn(edges, 3)
        edge_index = torch.randint(nodes, (2, edges))
        with torch._dynamo.config.patch(error_on_recompile=step > 0):
            got = compiled(x, edge_index, edge_attr=attr)
        want = net(x, edge_index, edge_attr=attr)
        assert_close(got, want)
        assert_close(
            torch.autograd.grad(got.square().sum(), parameters),
            torch.autograd.grad(want.square().sum(), parameters),
        )


def exports_with_unknown_numbers_of_nodes_and_edges(score: str) -> None:
    net = GraphAttentionNet(7, 6, 2, 5, heads=2, score=score).eval()
    shapes = {"x": {0: Dim("nodes")}, "edge_index": {1: Dim("edges")}}
    example = torch.randn(13, 7), torch.randint(13, (2, 61))
    program = export(net, example, dynamic_shapes=shapes).module()
    for nodes, edges in ((17, 97), (5, 11)):
        x, edge_index = torch.randn(nodes, 7), torch.randint(nodes, (2, edges))
        assert_close(program(x, edge_index), net(x, edge_index))


def becomes_heterogeneous() -> None:
    kinds = [("paper", "by", "author"), ("author", "of", "paper")]
    net = GraphAttentionNet((-1, -1), 6, 2, 5, heads=2, edge_dim=3)
    hetero = to_hetero(net, (["paper", "author"], kinds))
    x = {"paper": torch.randn(5, 4), "author": torch.randn(11, 2)}
    by = torch.stack([torch.randint(5, (23,)), torch.randint(11, (23,))])
    edges, attr = dict(zip(kinds, (by, by.flip(0)), strict=True)), torch.randn(23, 3)
    out = hetero(x, edges, edge_attr=dict.fromkeys(kinds, attr))
    assert out["paper"].shape == (5, 5)
    assert out["author"].shape == (11, 5)


if __name__ == "__main__":
    torch.manual_seed(13)
    compiles_whole()
    for name in ("dot", "additive", "gatv2", "gat"):
        exports_with_unknown_numbers_of_nodes_and_edges(name)
    becomes_heterogeneous()
    print("traced")

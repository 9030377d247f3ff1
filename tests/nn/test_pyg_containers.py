import copy

import pytest
import torch
from graphs import GRAPHS
from torch import nn
from torch.testing import assert_close
from torch_geometric import EdgeIndex
from torch_geometric.nn import HeteroConv, JumpingKnowledge, Sequential, to_hetero
from torch_geometric.nn import summary as summarise
from torch_geometric.utils import to_torch_coo_tensor, to_torch_csr_tensor

from graphattn import GraphAttention

SCORES = ("dot", "additive", "gatv2", "gat")
each_score = pytest.mark.parametrize("score", SCORES)
BY, OF, CITES = (
    ("paper", "by", "author"),
    ("author", "of", "paper"),
    ("paper", "cites", "paper"),
)
EDGES = GRAPHS["unsorted"].edge_index


def papers():
    by = GRAPHS["bipartite"].edge_index
    x = {"paper": torch.randn(5, 4), "author": torch.randn(11, 2)}
    edges = {BY: by, OF: by.flip(0), CITES: torch.randint(5, (2, 7))}
    attr = {kind: torch.randn(e.shape[1], 3) for kind, e in edges.items()}
    return x, edges, attr


class TwoLayers(nn.Module):
    def __init__(self, score):
        super().__init__()
        self.first = GraphAttention((-1, -1), 6, 2, score=score, edge_dim=3)
        self.second = GraphAttention((-1, -1), 4, 2, score=score)

    def forward(self, x, edge_index, edge_attr):
        return self.second(self.first(x, edge_index, edge_attr).relu(), edge_index)


def test_says_that_it_never_adds_self_loops():
    assert GraphAttention(3, 4).add_self_loops is False


@each_score
def test_sequential_with_jumping_knowledge(score):
    layers = [GraphAttention(7, 7, score=score) for _ in range(2)]
    chain = Sequential(
        "x, edge_index",
        [
            (layers[0], "x, edge_index -> first"),
            (layers[1], "first, edge_index -> second"),
            (lambda first, second: [first, second], "first, second -> both"),
            (JumpingKnowledge("cat"), "both -> x"),
        ],
    )
    x = torch.randn(13, 7)
    first = layers[0](x, EDGES)
    want = torch.cat([first, layers[1](first, EDGES)], dim=1)
    assert_close(chain(x, EDGES), want)


@each_score
def test_hetero_conv_sums_what_each_kind_of_edge_brings(score):
    x, edges, attr = papers()
    layers = {
        kind: GraphAttention((-1, -1), 6, 2, score=score, edge_dim=3) for kind in edges
    }
    conv = HeteroConv(layers)
    out = conv(x, edges, edge_attr_dict=attr)
    pairs = {kind: (x[kind[0]], x[kind[2]]) for kind in edges}
    alone = {kind: layers[kind](pairs[kind], edges[kind], attr[kind]) for kind in edges}
    assert_close(out["author"], alone[BY])
    assert_close(out["paper"], alone[OF] + alone[CITES])
    assert_close(conv(x, edges, attr), out)
    conv.reset_parameters()
    assert not torch.equal(conv(x, edges, attr)["author"], out["author"])


@each_score
def test_to_hetero_gives_every_kind_of_edge_its_own_layer(score):
    x, edges, attr = papers()
    model = to_hetero(TwoLayers(score), (list(x), list(edges)))
    out = model(x, edges, attr)
    first = {
        kind: model.first["__".join(kind)](
            x[kind[0]] if kind is CITES else (x[kind[0]], x[kind[2]]),
            edges[kind],
            attr[kind],
        )
        for kind in edges
    }
    hidden = {"author": first[BY].relu(), "paper": (first[OF] + first[CITES]).relu()}
    second = model.second["__".join(BY)]
    want = second((hidden["paper"], hidden["author"]), edges[BY])
    assert_close(out["author"], want)
    assert out["paper"].shape == (5, 4)


def test_summary_counts_every_parameter():
    pytest.importorskip(
        "tabulate", reason="PyG's summary needs it: pip install tabulate"
    )
    layer = GraphAttention(7, 6, 2, edge_dim=3)
    text = summarise(layer, torch.randn(13, 7), EDGES, torch.randn(61, 3))
    assert "[13, 7], [2, 61]" in text
    assert str(sum(parameter.numel() for parameter in layer.parameters())) in text


@pytest.mark.filterwarnings("ignore:Sparse CSR tensor support is in beta")
@each_score
def test_every_form_of_edges_that_pyg_knows_gives_the_same(score):
    layer, x = GraphAttention(7, 6, 2, score=score), torch.randn(13, 7)
    edges = EDGES.unique(dim=1).contiguous()
    want = layer(x, edges)
    size = (13, 13)
    forms = [
        edges.int(),
        EdgeIndex(edges, sparse_size=size).sort_by("row").values,
        EdgeIndex(edges, sparse_size=size).sort_by("col").values,
        to_torch_coo_tensor(edges, size=size).t().coalesce(),
        to_torch_csr_tensor(edges.flip(0), size=size),
    ]
    for form in forms:
        assert_close(layer(x, form), want)


def test_an_undirected_edge_index_is_taken_as_its_edges():
    both = torch.cat([EDGES, EDGES.flip(0)], dim=1).unique(dim=1).contiguous()
    form = EdgeIndex(both, sparse_size=(13, 13), sort_order="row", is_undirected=True)
    layer, x = GraphAttention(7, 6, 2), torch.randn(13, 7)
    assert_close(layer(x, form), layer(x, both))


@each_score
def test_autocast_trains_in_the_narrow_type_with_edge_features(score):
    layer = GraphAttention(7, 6, 2, score=score, edge_dim=3)
    x, attr = torch.randn(13, 7), torch.randn(61, 3)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        out = layer(x, EDGES, attr)
    assert out.dtype == torch.bfloat16
    assert_close(out.float(), layer(x, EDGES, attr), atol=0.05, rtol=0.05)
    out.float().square().sum().backward()
    assert all(p.grad.dtype == torch.float32 for p in layer.parameters())
    assert all(p.grad.isfinite().all() for p in layer.parameters())


def test_a_copy_learns_apart_from_the_original():
    layer, x = GraphAttention(7, 6, 2), torch.randn(13, 7)
    before, other = layer(x, EDGES), copy.deepcopy(layer)
    other.reset_parameters()
    assert not torch.equal(other(x, EDGES), before)
    assert torch.equal(layer(x, EDGES), before)

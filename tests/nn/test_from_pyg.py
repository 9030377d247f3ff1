import pytest
import torch
from graphs import GRAPHS, leaf, random_graph
from torch.testing import assert_close
from torch_geometric import nn as pyg
from twins import TWINS, pair

from graphattn import GraphAttention, patterns
from graphattn.nn import conv

GRAPH = GRAPHS["unsorted"]
LAYERS = [
    *(
        (name, {"concat": concat, "bias": bias, "residual": residual})
        for name in ("GATConv", "GATv2Conv")
        for concat in (True, False)
        for bias in (True, False)
        for residual in (True, False)
    ),
    ("GATv2Conv", {"share_weights": True}),
    ("GATConv", {"negative_slope": 0.4}),
    *(
        (
            "TransformerConv",
            {"concat": concat, "bias": bias, "root_weight": root, "edge_dim": edge_dim},
        )
        for concat in (True, False)
        for bias in (True, False)
        for root in (True, False)
        for edge_dim in (None, 3)
    ),
]


def both(one, other, *inputs):
    """Asserts equal outputs, and equal gradients of the node features."""
    results = [layer(*inputs) for layer in (one, other)]
    assert_close(*results)
    x = inputs[0] if isinstance(inputs[0], tuple) else (inputs[0],)
    grads = [torch.autograd.grad(out.square().sum(), x) for out in results]
    assert_close(*grads)


@pytest.mark.parametrize(("name", "options"), LAYERS)
@pytest.mark.parametrize("bipartite", [False, True])
def test_weights_go_over_and_back(name, options, bipartite):
    loops = {} if name == "TransformerConv" else {"add_self_loops": False}
    if bipartite and not options.get("share_weights"):
        stock, _ = pair(name, (7, 3), 5, heads=2, **options, **loops)
        x, edges = (leaf(11, 7), leaf(5, 3)), random_graph(23, 11, 5).edge_index
    else:
        stock, _ = pair(name, 7, 5, heads=2, **options, **loops)
        x, edges = leaf(13, 7), GRAPH.edge_index
    attr = [leaf(edges.shape[1], 3)] if options.get("edge_dim") else []
    layer = GraphAttention.from_pyg(stock)
    both(stock, layer, x, edges, *attr)
    back = layer.to_pyg()
    assert type(back) is type(stock)
    both(stock, back, x, edges, *attr)
    assert back.state_dict().keys() == stock.state_dict().keys()


@pytest.mark.parametrize("name", ["GATConv", "GATv2Conv"])
def test_equal_where_pyg_adds_loops_and_ours_is_given_them(name):
    stock, twin = pair(name, 7, 5, heads=2)
    assert stock.add_self_loops
    x, edges = leaf(13, 7), GRAPH.edge_index.unique(dim=1)
    with_loops = patterns.with_self_loops(edges, 13)
    layer = GraphAttention.from_pyg(twin)
    assert_close(layer(x, with_loops), stock(x, edges))


def test_takes_over_dropout_mode_and_type():
    stock = pyg.GATConv(7, 5, dropout=0.3).half().eval()
    layer = GraphAttention.from_pyg(stock)
    assert (layer.dropout, layer.training) == (0.3, False)
    assert layer.key_proj.weight.dtype == torch.float16
    layer.key_proj.weight.data.zero_()
    assert stock.lin.weight.any()


@pytest.mark.parametrize("name", [stock.__name__ for stock in TWINS])
def test_sizes_that_were_found_lazily(name):
    stock, _ = pair(name, (-1, -1), 5)
    with pytest.raises(ValueError, match="run it once"):
        GraphAttention.from_pyg(stock)
    x = (leaf(13, 7), leaf(13, 3))
    loops = stock(x, GRAPH.edge_index)
    layer = GraphAttention.from_pyg(stock)
    assert layer.in_channels == (7, 3)
    assert layer(x, GRAPH.edge_index).shape == loops.shape


@pytest.mark.parametrize(
    ("layer", "says"),
    [
        (pyg.GCNConv(7, 5), "takes PyG's GATConv, GATv2Conv and TransformerConv"),
        (pyg.TransformerConv(7, 5, beta=True), "no beta gate"),
        (pyg.GATConv(7, 5, edge_dim=3), "PyG only scores"),
        (conv.GATv2Conv(7, 5, edge_dim=3), "PyG only scores"),
        (pyg.GATConv(7, 5, aggr="mean"), "sums what nodes receive"),
        (pyg.GATConv(7, 5, flow="target_to_source"), "source_to_target"),
    ],
)
def test_refuses_what_it_cannot_represent(layer, says):
    with pytest.raises(ValueError, match=says):
        GraphAttention.from_pyg(layer)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"score": "additive"}, "the scores dot, gat, gatv2"),
        ({"score": "dot"}, "output_projection=False"),
        ({"score": "gat"}, "output_projection=False"),
        ({"score": "gatv2", "edge_dim": 3, "output_projection": False}, "values too"),
    ],
)
def test_refuses_what_pyg_lacks(options, says):
    with pytest.raises(ValueError, match=says):
        GraphAttention(7, 6, 2, **options).to_pyg()


def test_gatconv_takes_no_bias_of_projections():
    options = {"score": "gat", "output_projection": False}
    bare = GraphAttention(7, 6, 2, bias=False, **options)
    assert type(bare.to_pyg()) is pyg.GATConv
    with pytest.raises(ValueError, match="must be zero"):
        GraphAttention(7, 6, 2, **options).to_pyg()

"""When the twins are fused, when they go PyG's way, and what they refuse."""

import copy
import gc
import pickle

import pytest
import torch
from graphs import GRAPHS, leaf
from torch.testing import assert_close
from torch_geometric import nn as pyg
from twins import NAMES, TWINS, agree, count_fused, pair

from graphattn import Adjacency
from graphattn.adjacency import _CACHE
from graphattn.nn import conv
from graphattn.nn.conv import loops

each = pytest.mark.parametrize("name", NAMES)
EDGES = GRAPHS["unsorted"].edge_index


def twin(name, *args, **options):
    return getattr(conv, name)(*args, **options)


@each
def test_pygs_own_code_does_not_run(name, monkeypatch):
    layer = twin(name, 7, 5, 2, edge_dim=2)
    ran = count_fused(layer, monkeypatch)
    layer(torch.randn(13, 7), EDGES, torch.randn(61, 2))
    layer.eval()(torch.randn(13, 7), EDGES, torch.randn(61, 2))
    assert not ran


@each
@pytest.mark.parametrize(
    "hook",
    [
        "message_forward_pre",
        "message_forward",
        "aggregate_forward_pre",
        "aggregate_forward",
        "propagate_forward_pre",
        "propagate_forward",
    ],
)
def test_hooks_are_called_and_change_nothing_else(name, hook):
    stock, layer = pair(name, 7, 5, 2)
    seen = []
    handle = getattr(layer, f"register_{hook}_hook")(lambda *given: seen.append(given))
    agree(stock, layer, leaf(13, 7), EDGES)
    assert len(seen) == 1
    handle.remove()
    agree(stock, layer, leaf(13, 7), EDGES)
    assert len(seen) == 1


@pytest.mark.parametrize("name", ["GATConv", "GATv2Conv"])
@pytest.mark.parametrize("when", ["_pre", ""])
def test_edge_update_hooks_are_called(name, when):
    layer, seen = twin(name, 7, 5), []
    register = getattr(layer, f"register_edge_update_forward{when}_hook")
    register(lambda *given: seen.append(given))
    layer.explain = True  # PyG's generated edge_updater calls no hooks
    layer.explain = None
    assert layer.why_not_fused() is not None


@each
@pytest.mark.parametrize(
    "options",
    [{"flow": "target_to_source"}, {"aggr": "mean"}, {"aggr": "max"}],
    ids=str,
)
def test_other_flows_and_aggregations_go_pygs_way(name, options):
    agree(*pair(name, 7, 5, 2, **options), leaf(13, 7), EDGES)


@each
def test_a_subclass_keeps_its_own_message(name):
    class Doubled(getattr(conv, name)):
        def message(self, *args, **options):
            return 2 * super().message(*args, **options)

    layer = Doubled(7, 5)
    assert "its own message" in layer.why_not_fused()


@each
def test_a_hooked_edge_projection_is_called(name):
    stock, layer = pair(name, 7, 5, 2, edge_dim=3)
    for one in (stock, layer):
        one.lin_edge.register_forward_hook(lambda *given: 2 * given[-1])
    agree(stock, layer, leaf(13, 7), EDGES, leaf(61, 3))


@each
@pytest.mark.parametrize("stock_first", [True, False])
def test_masks_of_explainers_are_used(name, stock_first):
    stock, layer = pair(name, 7, 5, 2)
    x, mask = leaf(13, 7), torch.rand(61).double()
    for one in (stock, layer):
        one.explain, one._edge_mask = True, mask
        one._loop_mask, one._apply_sigmoid = EDGES[0] != EDGES[1], False
    want = stock(x, EDGES)
    assert_close(layer(x, EDGES), want)
    layer.explain = False
    assert not torch.allclose(layer(x, EDGES), want)


@pytest.mark.parametrize("name", ["GATConv", "GATv2Conv"])
def test_loops_are_built_once_for_each_tensor(name, monkeypatch):
    built = []
    original = loops._build
    monkeypatch.setattr(
        loops, "_build", lambda *given: built.append(1) or original(*given)
    )
    layer, x, edges = twin(name, 7, 5), torch.randn(13, 7), EDGES.clone()
    for _ in range(3):
        layer(x, edges)
    assert len(built) == 1
    other = twin(name, 7, 3)
    other(x, edges)
    assert len(built) == 1
    edges[0, 0] = 3
    layer(x, edges)
    assert len(built) == 2
    layer(x, edges.clone())
    assert len(built) == 3


def test_the_cache_forgets_a_dead_graph():
    layer, edges = twin("GATConv", 7, 5), EDGES.clone()
    layer(torch.randn(13, 7), edges)
    mine = id(edges)
    assert any(key[0] == mine for key in _CACHE.entries)
    del edges
    gc.collect()
    assert not any(key[0] == mine for key in _CACHE.entries)


@each
def test_an_adjacency_is_welcome(name):
    stock, layer = pair(name, 7, 5, 2, edge_dim=3)
    x, attr = leaf(13, 7), leaf(61, 3)
    adjacency = Adjacency.from_edge_index(EDGES, 13)
    want = stock(x, EDGES, attr, return_attention_weights=True)
    got = layer(x, adjacency, attr, return_attention_weights=True)
    assert torch.equal(got[1][0], want[1][0])
    assert_close((got[0], got[1][1]), (want[0], want[1][1]))
    layer.explain = False
    layer.flow = "target_to_source"
    layer(x, adjacency, attr)


@each
def test_transforms_of_torch_func_go_pygs_way(name):
    stock, layer = pair(name, 7, 5, 2)
    x = leaf(13, 7)

    def loss(parameters, model):
        return torch.func.functional_call(model, parameters, (x, EDGES)).square().sum()

    want, got = (
        torch.func.grad(loss)(dict(one.named_parameters()), one)
        for one in (stock, layer)
    )
    assert_close(got, want)


@each
def test_copies_and_pickles(name):
    layer, x = twin(name, 7, 5, 2), torch.randn(13, 7)
    want = layer(x, EDGES)
    assert_close(copy.deepcopy(layer)(x, EDGES), want)
    assert_close(pickle.loads(pickle.dumps(layer))(x, EDGES), want)


@each
def test_inference_mode_and_autocast(name):
    stock, layer = pair(name, 7, 5, 2, dtype=torch.float32)
    x = torch.randn(13, 7)
    want = stock(x, EDGES)
    with torch.inference_mode():
        assert_close(layer(x, EDGES), want, atol=1e-5, rtol=1e-5)
        assert_close(layer(x, EDGES.clone()), want, atol=1e-5, rtol=1e-5)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert_close(layer(x, EDGES).float(), want, atol=0.2, rtol=0.1)


@each
def test_the_weights_after_dropout_are_those_that_were_used(name):
    layer = twin(name, 7, 5, dropout=0.5, bias=False)
    x = torch.randn(13, 7)
    out, (edges, alpha) = layer(x, EDGES, return_attention_weights=True)
    if name == "TransformerConv":  # before dropout, as in PyG
        total = torch.zeros(13, 1).index_add(0, edges[1], alpha)
        assert_close(total[EDGES[1].unique()], torch.ones(len(EDGES[1].unique()), 1))
        assert layer._alpha is None
        return
    value = (layer.lin if name == "GATConv" else layer.lin_l)(x)
    want = torch.zeros(13, 5).index_add(0, edges[1], alpha * value[edges[0]])
    assert_close(out, want)


@each
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"edge_attr": torch.randn(61, 2)}, "needs a layer made with edge_dim"),
        ({"x": torch.randn(13, 5)}, r"x = float32\[13,5\]"),
        ({"x": torch.randn(2, 13, 7)}, r"\[num_nodes, in_channels\]"),
        ({"edge_index": torch.tensor([[0], [13]])}, r"edge_index\[1, 0\] = 13"),
        ({"edge_index": torch.tensor([[0, -1], [1, 1]])}, r"edge_index\[0, 1\] = -1"),
        ({"edge_index": EDGES.float()}, r"convert it with \.long\(\)"),
        ({"edge_index": EDGES.T}, r"shape \[2, num_edges\]"),
    ],
)
def test_refuses_what_does_not_fit_and_says_what_to_do(name, arguments, says):
    inputs = {"x": torch.randn(13, 7), "edge_index": EDGES, **arguments}
    with pytest.raises(ValueError, match=says):
        twin(name, 7, 5)(**inputs)


@each
def test_refuses_edge_features_that_do_not_fit(name):
    layer, x = twin(name, 7, 5, edge_dim=3), torch.randn(13, 7)
    for attr in (torch.randn(61, 2), torch.randn(60, 3), torch.randn(61)):
        with pytest.raises(ValueError, match=r"shape \[num_edges, edge_dim\]"):
            layer(x, EDGES, attr)


@each
def test_refuses_rows_that_do_not_fit_the_sizes(name):
    layer, x = twin(name, (7, 3), 5), (torch.randn(11, 7), torch.randn(5, 3))
    with pytest.raises(ValueError, match=r"x\[1\] = float32\[5,2\]"):
        layer((x[0], x[1][:, :2]), EDGES % 5)
    if name == "GATConv":
        with pytest.raises(ValueError, match=r"size = \(11, 6\)"):
            layer(x, EDGES % 5, size=(11, 6))


def test_refuses_a_missing_part():
    with pytest.raises(ValueError, match="pass edge_attr"):
        twin("TransformerConv", 7, 5, edge_dim=3)(torch.randn(13, 7), EDGES)
    with pytest.raises(ValueError, match=r"x\[1\] must not be None"):
        twin("GATv2Conv", 7, 5)((torch.randn(13, 7), None), EDGES)
    layer, matrix = twin("GATConv", 7, 5, edge_dim=1), torch.eye(13).to_sparse_coo()
    with pytest.raises(ValueError, match="add_self_loops=False"):
        layer(torch.randn(13, 7), matrix, torch.randn(13, 1))


@pytest.mark.parametrize("name", ["GATConv", "GATv2Conv"])
def test_names_the_edge_as_the_caller_counts(name):
    edges = torch.tensor([[0, 1, 2, 3], [0, 1, 99, 0]])
    with pytest.raises(ValueError, match=r"edge_index\[1, 2\] = 99"):
        twin(name, 7, 5)(torch.randn(13, 7), edges)


@each
def test_refuses_decomposed_layers(name):
    with pytest.raises(ValueError, match="decomposed_layers cannot split attention"):
        twin(name, 7, 5, decomposed_layers=2)
    layer = twin(name, 7, 5)
    with pytest.raises(ValueError, match="leave it at 1"):
        layer.decomposed_layers = 2
    assert layer.decomposed_layers == 1


def test_every_twin_is_a_class_of_pygs():
    for stock, layer in TWINS.items():
        assert issubclass(layer, stock)
        assert issubclass(layer, pyg.MessagePassing)
        assert layer.stock is stock

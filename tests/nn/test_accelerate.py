import copy
import logging
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from graphs import GRAPHS, random_graph
from torch.nn.functional import cross_entropy, dropout
from torch.testing import assert_close
from torch_geometric import nn as pyg
from torch_geometric.explain import AttentionExplainer, Explainer, GNNExplainer
from twins import TWINS

import graphattn
from graphattn import GraphAttention, accelerate
from graphattn.datasets.pickles import read_pickle
from graphattn.nn import accelerated

EDGES = GRAPHS["unsorted"].edge_index
METADATA = (
    ["user", "item"],
    [("user", "likes", "item"), ("item", "liked_by", "user"), ("user", "is", "user")],
)

WITHOUT_LOOPS = {"add_self_loops": False}


class ThreeLayers(torch.nn.Module):
    def __init__(self, layer, width, classes):
        super().__init__()
        self.first = layer(width, 8, heads=4)
        self.second = layer(32, 8, heads=4)
        self.third = layer(32, classes, heads=1)

    def forward(self, x, edge_index):
        x = self.first(x, edge_index).relu()
        return self.third(self.second(x, edge_index).relu(), edge_index)


def three_layers():
    return ThreeLayers(pyg.TransformerConv, 7, 3)


def containers():
    inner = pyg.GATv2Conv(7, 7)
    return {
        "alone": pyg.GATConv(7, 3),
        "attributes": three_layers(),
        "GAT": pyg.GAT(7, 8, 3, 5, heads=2),
        "GATv2": pyg.GAT(7, 8, 3, 5, heads=2, v2=True, jk="cat"),
        "Sequential": pyg.Sequential(
            "x, edge_index",
            [(pyg.GATConv(7, 5), "x, edge_index -> x"), torch.nn.ReLU()],
        ),
        "GPSConv": pyg.GPSConv(7, inner, heads=1),
        "shared": torch.nn.ModuleDict({"one": inner, "other": inner})["one"],
    }


@pytest.mark.parametrize("kind", containers())
def test_switches_layers_wherever_they_sit(kind):
    model = containers()[kind].eval()
    x, before = torch.randn(13, 7), copy.deepcopy(model)
    parameters = [id(p) for p in model.parameters()]
    want = model(x, EDGES)
    assert accelerate(model) is model
    assert [id(p) for p in model.parameters()] == parameters
    assert repr(model) == repr(before)
    assert not any(type(layer) in TWINS for layer in model.modules())
    assert accelerated(model).fused
    assert not accelerated(model).left
    assert_close(model(x, EDGES), want)
    assert accelerate(model, undo=True) is model
    for layer, original in zip(model.modules(), before.modules(), strict=True):
        assert type(layer) is type(original)
    assert_close(model(x, EDGES), want)


def hetero_inputs():
    nodes = {"user": torch.randn(11, 7), "item": torch.randn(5, 3)}
    edges = {
        METADATA[1][0]: random_graph(23, 11, 5).edge_index,
        METADATA[1][1]: random_graph(29, 5, 11).edge_index,
        METADATA[1][2]: random_graph(31, 11, 11).edge_index,
    }
    return nodes, edges


class TwoLayers(torch.nn.Module):
    def __init__(self, layer):
        super().__init__()
        loops = {} if issubclass(layer, pyg.TransformerConv) else WITHOUT_LOOPS
        self.first = layer((-1, -1), 5, **loops)
        self.second = layer((-1, -1), 3, **loops)

    def forward(self, x, edge_index):
        return self.second(self.first(x, edge_index).relu(), edge_index)


@pytest.mark.parametrize("layer", TWINS)
def test_switches_heterogeneous_models(layer):
    loops = {} if layer is pyg.TransformerConv else WITHOUT_LOOPS
    nodes, edges = hetero_inputs()
    made = pyg.HeteroConv(
        {kind: layer((-1, -1), 5, **loops) for kind in METADATA[1]}, aggr="sum"
    )
    converted = pyg.to_hetero(TwoLayers(layer), METADATA)
    for model, count in ((made, 3), (converted, 6)):
        want = model(nodes, edges)
        assert len(accelerated(accelerate(model)).fused) == count
        got = model(nodes, edges)
        for kind in want:
            assert_close(got[kind], want[kind])


@pytest.mark.parametrize("layer", TWINS.values())
def test_twins_can_be_made_heterogeneous_themselves(layer):
    nodes, edges = hetero_inputs()
    model = pyg.to_hetero(TwoLayers(layer), METADATA)
    assert set(model(nodes, edges)) == {"user", "item"}
    assert len(accelerated(model).fused) == 6


def test_lazy_layers_stay_lazy():
    model = accelerate(pyg.GATConv((-1, -1), 5, edge_dim=-1))
    assert "lazy" in str(accelerated(model))
    model(torch.randn(13, 7), EDGES, torch.randn(61, 2))
    assert accelerated(model).fused == {"(the model itself)": "GATConv"}


def test_says_what_was_left_and_why(caplog):
    class Own(pyg.GATConv):
        pass

    model = torch.nn.ModuleDict(
        {
            "gcn": pyg.GCNConv(7, 5),
            "own": Own(7, 5),
            "backwards": pyg.GATConv(7, 5, flow="target_to_source"),
            "fast": pyg.GATConv(7, 5),
            "ours": GraphAttention(7, 5),
        }
    )
    assert "graphattn.accelerate switches it" in accelerated(model).left["fast"]
    with caplog.at_level(logging.INFO, logger="graphattn"):
        accelerate(model)
    report = accelerated(model)
    assert report.fused == {"fast": "GATConv", "ours": "GraphAttention"}
    assert report.left == {
        "gcn": "there is no fused GCNConv",
        "own": "Own is a subclass, whose own code may do something else",
        "backwards": "GATConv goes PyG's way: flow='target_to_source'",
    }
    assert "2 layers switched" in caplog.text
    assert str(report) in caplog.text
    assert str(accelerated(torch.nn.Linear(2, 2))) == "no message passing layers"


def test_warns_where_nothing_can_be_switched(caplog):
    accelerate(pyg.GCNConv(7, 5))
    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_refuses_decomposed_layers_and_leaves_the_model_alone():
    model = torch.nn.ModuleList([pyg.GATConv(7, 5), pyg.GATConv(7, 5)])
    model[1].decomposed_layers = 2
    with pytest.raises(ValueError, match="set it to 1 on this layer") as error:
        accelerate(model)
    assert "layer = '1'" in str(error.value)
    assert type(model[0]) is pyg.GATConv


def test_hooks_and_optimizer_state_stay():
    model, x = three_layers(), torch.randn(13, 7)
    optimizer = torch.optim.Adam(model.parameters())
    seen = []
    model.first.register_forward_hook(lambda *given: seen.append("forward"))
    model.second.register_message_forward_hook(lambda *given: seen.append("message"))

    def step():
        optimizer.zero_grad()
        model(x, EDGES).square().mean().backward()
        optimizer.step()

    step()
    accelerate(model)
    assert "hooks" in accelerated(model).left["second"]
    step()
    assert seen == ["forward", "message"] * 2
    assert all(state["step"] == 2 for state in optimizer.state.values())


@pytest.mark.parametrize("layer", TWINS)
@pytest.mark.parametrize("algorithm", [AttentionExplainer, GNNExplainer])
def test_explanations_are_those_of_pyg(layer, algorithm):
    model = ThreeLayers(layer, 7, 3)
    x, masks = torch.randn(13, 7), []
    for one in (model, accelerate(copy.deepcopy(model))):
        options = {"epochs": 3} if algorithm is GNNExplainer else {}
        explainer = Explainer(
            one,
            algorithm(**options),
            explanation_type="model",
            edge_mask_type="object",
            model_config={
                "mode": "multiclass_classification",
                "task_level": "node",
                "return_type": "raw",
            },
        )
        torch.manual_seed(3)
        masks.append(explainer(x, EDGES).edge_mask)
        assert accelerated(one).left == accelerated(one).left
    assert_close(*masks)


def test_explains_in_a_process_that_never_built_a_twin():
    code = (
        "import copy, torch, graphattn; from torch_geometric.nn import GATConv\n"
        "edges = torch.tensor([[0, 1, 2, 3, 4], [1, 2, 3, 4, 0]])\n"
        "x, stock = torch.randn(5, 3), GATConv(3, 2)\n"
        "layer = graphattn.accelerate(copy.deepcopy(stock))\n"
        "want = stock(x, edges)\n"
        "for one in (stock, layer):\n"
        "    one.explain, one._edge_mask = True, torch.rand(5)\n"
        "    one._loop_mask, one._apply_sigmoid = torch.ones(5) > 0, False\n"
        "layer._edge_mask = stock._edge_mask\n"
        "assert not torch.allclose(stock(x, edges), want)\n"
        "assert torch.allclose(layer(x, edges), stock(x, edges))\n"
    )
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
    folder = Path(graphattn.__file__).parents[1]
    subprocess.run(
        [sys.executable, "-c", code], check=True, env=environment, cwd=folder
    )


def cora(folder):
    """Features, edges, labels and the training nodes of the raw Planetoid files."""
    folder = Path(folder) / "planetoid_cora"
    part = {
        name: read_pickle(folder / f"ind.cora.{name}", encoding="latin1")
        for name in ("allx", "tx", "ally", "ty", "graph")
    }
    order = np.loadtxt(folder / "ind.cora.test.index", dtype=np.int64)
    x = np.vstack([part["allx"].toarray(), part["tx"].toarray()])
    y = np.vstack([part["ally"], part["ty"]]).argmax(1)
    x[order], y[order] = x[len(x) - len(order) :].copy(), y[-len(order) :].copy()
    pairs = [(i, j) for i, near in part["graph"].items() for j in near]
    edges = torch.tensor(pairs).T.contiguous()
    return torch.from_numpy(x).float(), edges, torch.from_numpy(y), torch.arange(140)


def small_graph(_):
    x, edges = torch.randn(13, 7), EDGES
    return x, edges, torch.arange(13) % 3, torch.arange(13)


def models(width, classes):
    return {
        "GAT": pyg.GAT(width, 8, 2, classes, heads=4, dropout=0.0),
        "TransformerConv": ThreeLayers(pyg.TransformerConv, width, classes),
    }


def curve(model, x, edges, y, train):
    optimizer = torch.optim.Adam(model.parameters(), lr=0.005, weight_decay=5e-4)
    torch.manual_seed(11)
    losses = []
    for _ in range(20):
        optimizer.zero_grad()
        loss = cross_entropy(model(dropout(x, 0.5), edges)[train], y[train])
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return torch.tensor(losses)


@pytest.mark.parametrize("kind", ["GAT", "TransformerConv"])
@pytest.mark.parametrize("graph", ["small", "cora"])
def test_the_training_curve_is_the_same(kind, graph, request):
    if graph == "cora":
        given = cora(request.getfixturevalue("data_folder"))
    else:
        given = small_graph(None)
    model = models(given[0].shape[1], int(given[2].max()) + 1)[kind]
    fast = accelerate(copy.deepcopy(model))
    want, got = curve(model, *given), curve(fast, *given)
    assert want[-1] < want[0]
    assert_close(got, want, atol=1e-4, rtol=1e-4)

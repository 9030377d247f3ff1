import pytest
import torch
from graphs import random_graph
from torch.testing import assert_close
from torch_geometric.data import Batch, Data

pytest.importorskip("yacs", reason="GraphGym needs it: pip install yacs")
from torch_geometric.graphgym.config import cfg, set_cfg
from torch_geometric.graphgym.models.gnn import GNN
from torch_geometric.graphgym.models.layer import GeneralLayer, new_layer_config

import graphattn.nn.graphgym as registered  # noqa: F401
from graphattn import GraphAttention

NAMES = {
    "dot": "graphattention",
    "additive": "graphattention_additive",
    "gatv2": "graphattention_gatv2",
    "gat": "graphattention_gat",
}


@pytest.fixture(autouse=True)
def _settings():
    set_cfg(cfg)
    cfg.gnn.att_heads = 2
    cfg.dataset.edge_dim = 3
    yield
    set_cfg(cfg)


def batch():
    return Batch.from_data_list(
        [
            Data(
                x=torch.randn(n, 7),
                edge_index=random_graph(e, n, n).edge_index,
                edge_attr=torch.randn(e, 3),
                y=torch.zeros(n).long(),
            )
            for n, e in ((5, 11), (3, 7))
        ]
    )


@pytest.mark.parametrize("score", NAMES)
@pytest.mark.parametrize("edges", [False, True])
def test_a_layer_is_graph_attention_with_the_configured_heads(score, edges):
    config = new_layer_config(7, 6, 1, has_act=False, has_bias=True, cfg=cfg)
    config.has_batchnorm = config.has_l2norm = False
    layer = GeneralLayer(NAMES[score] + "_edge" * edges, config)
    inner, given = layer.layer.model, batch()
    assert isinstance(inner, GraphAttention)
    assert (inner.heads, inner.score_name) == (2, score)
    attr = given.edge_attr if edges else None
    want = inner(given.x, given.edge_index, attr)
    assert_close(layer(given).x, want)


def test_a_whole_network_is_built_from_its_name_and_learns():
    cfg.gnn.layer_type, cfg.gnn.layers_mp, cfg.gnn.dim_inner = "graphattention", 2, 6
    cfg.dataset.task, cfg.gnn.head = "node", "node"
    network = GNN(7, 3)
    found = [m for m in network.modules() if isinstance(m, GraphAttention)]
    assert [m.in_channels for m in found] == [7, 6]
    prediction, label = network(batch())
    assert prediction.shape == (8, 3)
    torch.nn.functional.cross_entropy(prediction, label).backward()
    assert all(p.grad.isfinite().all() for m in found for p in m.parameters())

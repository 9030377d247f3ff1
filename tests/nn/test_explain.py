"""Explainers on a graph where one edge alone decides a node's class.

Node 5 alone has the feature that raises class 1, and only edge 5 brings it to node 0;
among the edges are self-loops, on node 0 and on node 5.
"""

import pytest
import torch
from graphs import GRAPHS
from torch import nn
from torch.testing import assert_close
from torch_geometric.explain import (
    AttentionExplainer,
    CaptumExplainer,
    Explainer,
    GNNExplainer,
    GraphMaskExplainer,
    PGExplainer,
)
from torch_geometric.explain.algorithm.graphmask_explainer import explain_message
from torch_geometric.nn import HeteroConv

from graphattn import GraphAttention

SCORES = ("dot", "additive", "gatv2", "gat")
each_score = pytest.mark.parametrize("score", SCORES)
DECIDES = 5
EDGES = torch.tensor(
    [
        [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 5, 3, 0, 11, 12, 1],
        [0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 5, 4, 6, 7, 8, 9],
    ]
)
CLASSES = {
    "mode": "multiclass_classification",
    "task_level": "node",
    "return_type": "raw",
}


def features():
    x = torch.tensor([0.0, 1.0, 0.0]).repeat(13, 1)
    x[5, 0] = 1
    return x


class Planted(nn.Module):
    """Class 1 where the feature arrives, class 0 elsewhere."""

    def __init__(self, score):
        super().__init__()
        self.attention = GraphAttention(3, 4, 2, score=score, output_projection=False)
        self.classes = nn.Linear(4, 2)
        with torch.no_grad():
            for parameter in self.parameters():
                parameter.zero_()
            values = self.attention.value_proj or self.attention.key_proj
            values.weight[0, 0] = 2
            self.classes.weight[1] = 30
            self.classes.bias[0] = 1

    def forward(self, x, edge_index):
        return self.classes(self.attention(x, edge_index))


class TwoLayers(nn.Module):
    def __init__(self, score):
        super().__init__()
        self.first = GraphAttention(7, 6, 2, score=score)
        self.second = GraphAttention(6, 3, 1, score=score, concat=False)

    def forward(self, x, edge_index):
        return self.second(self.first(x, edge_index).relu(), edge_index)


class Papers(nn.Module):
    def __init__(self):
        super().__init__()
        to_authors = GraphAttention((5, 7), 6, 2)
        to_papers = GraphAttention((7, 5), 6, 2)
        self.convs = HeteroConv(
            {
                ("paper", "by", "author"): to_authors,
                ("author", "of", "paper"): to_papers,
            }
        )

    def forward(self, x_dict, edge_index_dict):
        return self.convs(x_dict, edge_index_dict)["author"]


def explainer(model, algorithm, *, explanation_type="model", **options):
    return Explainer(
        model,
        algorithm,
        explanation_type=explanation_type,
        edge_mask_type="object",
        model_config=CLASSES,
        **options,
    )


@each_score
def test_attention_explainer_gives_one_weight_per_edge_self_loops_included(score):
    model, edges = TwoLayers(score), GRAPHS["unsorted"].edge_index
    assert (edges[0] == edges[1]).any()
    x = torch.randn(13, 7)
    got = explainer(model, AttentionExplainer(reduce="mean"))(x, edges).edge_mask
    hidden, first = model.first(x, edges, return_attention_weights=True)
    _, second = model.second(hidden.relu(), edges, return_attention_weights=True)
    assert_close(got, torch.stack([first.mean(1), second.mean(1)]).mean(0))


def test_attention_explainer_ranks_the_edge_first_that_is_attended_to_most():
    model = Planted("dot")
    with torch.no_grad():
        model.attention.key_proj.weight[0, 0] = 3
        model.attention.query_proj.weight[0, 1] = 1
    mask = explainer(model, AttentionExplainer())(features(), EDGES, index=0).edge_mask
    into_zero = EDGES[1] == 0
    assert mask[into_zero].argmax() == DECIDES
    assert mask[into_zero].sum() > 1


def test_attention_explainer_reads_bipartite_layers_edge_by_edge():
    model = Papers()
    x = {"paper": torch.randn(5, 5), "author": torch.randn(11, 7)}
    by = GRAPHS["bipartite"].edge_index
    edges = {("paper", "by", "author"): by, ("author", "of", "paper"): by.flip(0)}
    found = explainer(model, AttentionExplainer())(x, edges).edge_mask_dict
    for (source, name, target), got in found.items():
        layer = model.convs.convs[(source, name, target)]
        _, weights = layer(
            (x[source], x[target]),
            edges[source, name, target],
            return_attention_weights=True,
        )
        assert_close(got, weights.amax(1))


@each_score
def test_gnn_explainer_finds_the_edge_that_decides(score):
    algorithm = GNNExplainer(epochs=60, lr=0.05)
    mask = explainer(Planted(score), algorithm)(features(), EDGES, index=0).edge_mask
    assert mask.argmax() == DECIDES
    assert mask[DECIDES] > 2 * mask[torch.arange(16) != DECIDES].max()


# PyG takes float() of a loss that still requires a gradient.
@pytest.mark.filterwarnings("ignore:Converting a tensor with requires_grad")
@each_score
def test_pg_explainer_learns_the_edge_that_decides(score):
    model, x = Planted(score), features()
    algorithm = PGExplainer(epochs=60, lr=0.01)
    explain = explainer(model, algorithm, explanation_type="phenomenon")
    target = model(x, EDGES).argmax(-1)
    assert target[0] == 1
    for epoch in range(60):
        algorithm.train(epoch, model, x, EDGES, target=target, index=0)
    mask = explain(x, EDGES, target=target, index=0).edge_mask
    assert mask.argmax() == DECIDES
    assert mask[DECIDES] > 2 * mask[torch.arange(16) != DECIDES].max()


@each_score
def test_captum_attributes_the_class_to_the_edge_that_decides(score):
    pytest.importorskip("captum", reason="captum is not installed: pip install captum")
    algorithm = CaptumExplainer("IntegratedGradients")
    model = Planted(score)
    mask = explainer(model, algorithm)(features(), EDGES, index=0).edge_mask
    logit = model(features(), EDGES)[0, 1]
    assert_close(mask, torch.where(torch.arange(16) == DECIDES, logit, 0.0))


@each_score
def test_graph_mask_explainer_sees_both_ends_of_every_message(score):
    model, edges = TwoLayers(score), GRAPHS["unsorted"].edge_index
    x = torch.randn(13, 7)
    algorithm = GraphMaskExplainer(2, epochs=3, log=False)
    mask = explainer(model, algorithm, node_mask_type="object")(x, edges).edge_mask
    assert mask.shape == (61,)
    assert ((mask >= 0) & (mask <= 1)).all()
    model(x, edges)
    assert_close(model.first.latest_source_embeddings, x[edges[0]])
    assert_close(model.first.latest_target_embeddings, x[edges[1]])
    assert model.first.latest_messages.shape == (61, 6)
    assert model.second.latest_messages.shape == (61, 3)


@each_score
def test_graph_mask_replaces_the_messages_that_it_names(score):
    model, x = Planted(score), features()
    layer = model.attention
    layer.explain_message = explain_message.__get__(layer)
    layer.explain, layer.message_replacement = True, torch.zeros(4)
    for dropped in range(16):
        layer.message_scale = (torch.arange(16) != dropped).float()
        survives = model(x, EDGES)[0].argmax() == 1
        assert survives == (dropped != DECIDES)

import pytest
import torch
from graphs import GRAPHS
from torch_geometric.explain import AttentionExplainer, Explainer, GNNExplainer

from graphattn import GraphAttention


class TwoLayers(torch.nn.Module):
    def __init__(self, score):
        super().__init__()
        self.first = GraphAttention(7, 6, 2, score=score)
        self.second = GraphAttention(6, 3, 1, score=score)

    def forward(self, x, edge_index):
        return self.second(self.first(x, edge_index).relu(), edge_index)


def explain(model, algorithm, **options):
    explainer = Explainer(
        model,
        algorithm,
        explanation_type="model",
        edge_mask_type="object",
        model_config={
            "mode": "multiclass_classification",
            "task_level": "node",
            "return_type": "raw",
        },
        **options,
    )
    return explainer(torch.randn(13, 7), GRAPHS["unsorted"].edge_index)


@pytest.mark.parametrize("score", ["dot", "gatv2", "gat"])
def test_attention_explainer_gives_one_weight_per_edge_self_loops_included(score):
    model = TwoLayers(score)
    torch.manual_seed(5)
    mask = explain(model, AttentionExplainer(reduce="mean")).edge_mask
    torch.manual_seed(5)
    x, edges = torch.randn(13, 7), GRAPHS["unsorted"].edge_index
    hidden, first = model.first(x, edges, return_attention_weights=True)
    _, second = model.second(hidden.relu(), edges, return_attention_weights=True)
    want = torch.stack([first.mean(1), second.mean(1)]).mean(0)
    torch.testing.assert_close(mask, want)


def test_gnn_explainer_finds_a_mask():
    mask = explain(TwoLayers("dot"), GNNExplainer(epochs=5)).edge_mask
    assert mask.shape == (61,)
    assert mask.isfinite().all()
    assert mask.max() > 0

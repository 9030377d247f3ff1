"""A call waits for a GPU only where it sees a graph or a batch for the first time.

Tensors without data stand in for the GPU's: asked for a number, they raise.
"""

import pytest
import torch
from graphs import random_graph

from graphattn import (
    Adjacency,
    GraphAttention,
    additive_attention,
    attention_weights,
    full_attention,
    gat_attention,
    graph_attention,
)
from graphattn.adjacency import remember


@pytest.fixture(autouse=True)
def _without_autocast(monkeypatch):
    monkeypatch.setattr(torch, "is_autocast_enabled", lambda _: False)


def rows(*shape):
    return torch.randn(13, 2, *shape, requires_grad=True)


CALLS = {
    "dot": lambda graph: graph_attention(rows(5), rows(5), rows(3), graph, dropout=0.3),
    "additive": lambda graph: additive_attention(
        rows(5), rows(5), rows(3), torch.randn(2, 5), graph, dropout=0.3
    ),
    "gat": lambda graph: gat_attention(rows(), rows(), rows(3), graph),
    "weights": lambda graph: attention_weights(rows(5), rows(5), graph),
    "layer": lambda graph: GraphAttention(7, 6, 2)(torch.randn(13, 7), graph),
}


@pytest.mark.parametrize("call", CALLS)
def test_a_known_graph_is_attended_to_without_waiting(call):
    view = Adjacency.from_edge_index(random_graph(61, 13, 13).edge_index, 13)
    with torch.device("meta"):
        out = CALLS[call](view.to("meta"))
        out.sum().backward()
    assert out.device.type == "meta"


def test_a_known_batch_is_attended_to_without_waiting():
    batch = torch.empty(13, dtype=torch.int64, device="meta")
    with torch.device("meta"):
        with pytest.raises(RuntimeError):
            full_attention(rows(5), rows(5), rows(3), batch=batch)
        remember(batch, ("sets",), lambda: 4)
        out = full_attention(rows(5), rows(5), rows(3), batch=batch, dropout=0.3)
        out.sum().backward()
    assert out.device.type == "meta"


def test_layers_share_what_was_found_of_a_batch(monkeypatch):
    batch = torch.tensor([0] * 5 + [1] * 8)
    first = full_attention(rows(5), rows(5), rows(3), batch=batch)
    monkeypatch.delattr("torch.searchsorted")
    assert full_attention(rows(5), rows(5), rows(3), batch=batch).shape == first.shape
    batch[4] = 1
    with pytest.raises(AttributeError):
        full_attention(rows(5), rows(5), rows(3), batch=batch)

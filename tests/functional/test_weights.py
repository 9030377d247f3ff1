import inspect

import pytest
import torch
from cases import SCORES, edge_tensors, node_tensors
from graphs import GRAPHS, leaf
from torch.testing import assert_close

from graphattn import attention_weights, gat_weights

FAMILIES = {"dot": {}, "leaky_relu": {}, "tanh": {"activation": "tanh"}}


def call(name, nodes, graph, edges):
    options = {k: v for k, v in edges.items() if k != "edge_value_weight"}
    if name == "gat":
        options.pop("edge_attr")
        return gat_weights(nodes[0], nodes[1], graph.edge_index, **options)
    if name != "dot":
        options["weight"] = nodes[3]
    options |= FAMILIES[name]
    return attention_weights(nodes[0], nodes[1], graph.edge_index, **options)


@pytest.mark.parametrize("name", SCORES)
@pytest.mark.parametrize("graph", GRAPHS.values(), ids=GRAPHS)
def test_are_the_reference_s_in_edge_order(name, graph):
    score = SCORES[name]
    nodes, edges = node_tensors(score, graph), edge_tensors(score, graph)
    _, want = score.reference(*nodes, graph.edge_index, **edges)
    assert_close(call(name, nodes, graph, edges), want)


@pytest.mark.parametrize("name", SCORES)
def test_are_differentiable(name):
    score, graph = SCORES[name], GRAPHS["unsorted"]
    nodes, edges = node_tensors(score, graph), edge_tensors(score, graph)
    _, want = score.reference(*nodes, graph.edge_index, **edges)
    upstream, inputs = torch.randn_like(want), nodes[:2]
    assert_close(
        torch.autograd.grad(call(name, nodes, graph, edges), inputs, upstream),
        torch.autograd.grad(want, inputs, upstream),
    )


def test_save_nothing_per_edge_head_and_channel():
    query, key = leaf(13, 3, 31), leaf(13, 3, 31)
    saved = []

    def pack(tensor):
        saved.append(tensor.numel())
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        attention_weights(query, key, GRAPHS["unsorted"].edge_index)
    assert max(saved) < 61 * 3 * 31


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"query": torch.randn(13, 2, 5)}, "same number of heads"),
        ({"query": torch.randn(13, 3, 5, dtype=torch.float64)}, "one floating type"),
        ({"edge_bias": torch.randn(60, 3)}, "edge_bias must have one row per edge"),
        ({"edge_bias": torch.randn(61, 2)}, "one column per head"),
        ({"edge_mask": torch.ones(61, 3)}, "type bool"),
        ({"weight": torch.randn(3, 4)}, r"\[heads, head_dim\]"),
        ({"weight": torch.randn(3, 5), "activation": "relu"}, "must be one of"),
        ({"edge_key_weight": torch.randn(2, 3, 5)}, "row per column of edge_attr"),
    ],
)
def test_refuse_tensors_that_do_not_fit(change, says):
    arguments = {"query": torch.randn(13, 3, 5), "key": torch.randn(13, 3, 5)}
    with pytest.raises(ValueError, match=says):
        inspect.unwrap(attention_weights)(
            **{**arguments, "edge_index": GRAPHS["unsorted"].edge_index, **change}
        )

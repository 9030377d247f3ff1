import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close
from torch_geometric.data import Batch, Data
from torch_geometric.nn import GPSConv
from torch_geometric.nn.attention import PerformerAttention

from graphattn import GraphAttention
from graphattn.nn import GPSAttention, LinearAttention

ATTENTIONS = {
    "elu": lambda: LinearAttention(12, 3),
    "favor": lambda: LinearAttention(12, 3, features="favor"),
    "softmax": lambda: GraphAttention(12, 12, 3),
    "gatv2": lambda: GraphAttention(12, 12, 3, score="gatv2"),
}
each_attention = pytest.mark.parametrize("name", ATTENTIONS)


def gps(name, conv=None, **options):
    torch.manual_seed(17)
    built = GPSConv(12, conv, heads=3, **options)
    built.attn = GPSAttention(ATTENTIONS[name]())
    return built.double()


def graph(nodes):
    edges = torch.randint(nodes, (2, 2 * nodes))
    return Data(
        x=torch.randn(nodes, 12).double(),
        edge_index=edges,
        edge_attr=torch.randn(2 * nodes, 5).double(),
    )


@each_attention
def test_gps_conv_really_calls_it(name):
    conv, x = gps(name, norm=None), graph(7).x
    calls = []
    conv.attn.attention.register_forward_hook(lambda *_: calls.append(1))
    edges = torch.empty(2, 0).long()
    out = conv(x, edges)
    assert calls == [1]
    attended = conv.attn.attention(x) + x
    assert_close(out, attended + conv.mlp(attended))
    grads = torch.autograd.grad(out.sum(), list(conv.attn.parameters()))
    assert all(grad.isfinite().all() for grad in grads)


@each_attention
@settings(max_examples=15, deadline=None)
@given(sizes=st.lists(st.integers(1, 9), min_size=1, max_size=4))
def test_a_batch_equals_each_graph_alone(name, sizes):
    local = GraphAttention(12, 12, 3, edge_dim=5)
    conv = gps(name, local, norm=None)
    graphs = [graph(size) for size in sizes]
    together = Batch.from_data_list(graphs)
    out = conv(
        together.x, together.edge_index, together.batch, edge_attr=together.edge_attr
    )
    alone = [conv(g.x, g.edge_index, edge_attr=g.edge_attr) for g in graphs]
    assert_close(out, torch.cat(alone))


def test_softmax_attention_equals_gps_convs_own():
    stock, x = GPSConv(12, None, heads=3, norm=None).double(), graph(9).x
    batch, edges = torch.arange(9) // 4, torch.empty(2, 0).long()
    layer = GraphAttention(12, 12, 3).double()
    given_weights = {
        f"{part}_proj.{kind}": tensor
        for kind, whole in (
            ("weight", stock.attn.in_proj_weight),
            ("bias", stock.attn.in_proj_bias),
        )
        for part, tensor in zip(("query", "key", "value"), whole.chunk(3), strict=True)
    }
    given_weights |= {
        f"out_proj.{name}": tensor
        for name, tensor in stock.attn.out_proj.state_dict().items()
    }
    layer.load_state_dict(given_weights)
    want = stock(x, edges, batch)
    stock.attn = GPSAttention(layer)
    assert_close(stock(x, edges, batch), want)


@each_attention
def test_parameters_and_random_features_are_drawn_anew(name):
    conv = gps(name)
    before = {key: tensor.clone() for key, tensor in conv.attn.state_dict().items()}
    assert isinstance(conv.attn, PerformerAttention)
    conv.attn.redraw_projection_matrix()
    changed = {
        key
        for key, tensor in conv.attn.state_dict().items()
        if not torch.equal(tensor, before[key])
    }
    directions = {"attention.features.directions"}
    assert changed == (directions if name == "favor" else set())
    conv.reset_parameters()
    weight = next(key for key in before if key.endswith("proj.weight"))
    assert not torch.equal(conv.attn.state_dict()[weight], before[weight])


def test_shows_what_it_holds():
    assert "LinearAttention(\n    12, heads=3" in repr(gps("elu").attn)

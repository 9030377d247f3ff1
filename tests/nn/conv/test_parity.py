"""Every option of PyG's layers gives the same numbers from their twins."""

import itertools
import warnings

import pytest
import torch
from graphs import GRAPHS, leaf, random_graph
from torch.testing import assert_close
from torch_geometric import EdgeIndex
from twins import NAMES, agree, pair, tensors

each = pytest.mark.parametrize("name", NAMES)
UNSORTED = GRAPHS["unsorted"].edge_index
SQUARE = {
    name: graph
    for name, graph in GRAPHS.items()
    if graph.num_sources == graph.num_targets
}


def grid(**choices):
    return [
        dict(zip(choices, chosen, strict=True))
        for chosen in itertools.product(*choices.values())
    ]


GAT_OPTIONS = grid(
    concat=[True, False],
    add_self_loops=[True, False],
    edge_dim=[None, 3],
    bias=[True, False],
    residual=[True, False],
)
TRANSFORMER_OPTIONS = grid(
    concat=[True, False],
    beta=[True, False],
    edge_dim=[None, 3],
    bias=[True, False],
    root_weight=[True, False],
)
OPTIONS = [
    *(("GATConv", options) for options in GAT_OPTIONS),
    *(("GATv2Conv", options) for options in GAT_OPTIONS),
    *(("GATv2Conv", {**options, "share_weights": True}) for options in GAT_OPTIONS[:3]),
    *(("TransformerConv", options) for options in TRANSFORMER_OPTIONS),
]


@pytest.mark.parametrize(("name", "options"), OPTIONS)
@pytest.mark.parametrize("bipartite", [False, True])
def test_options(name, options, bipartite):
    if bipartite:
        graph, x = random_graph(23, 11, 5), (leaf(11, 7), leaf(5, 3))
        if options.get("share_weights"):
            pytest.skip("shared weights need equal widths")
        layers = pair(name, (7, 3), 5, heads=2, **options)
    else:
        graph, x = GRAPHS["unsorted"], leaf(13, 7)
        layers = pair(name, 7, 5, heads=2, **options)
    attr = None
    if options["edge_dim"] is not None:
        attr = leaf(graph.edge_index.shape[1], 3)
    agree(*layers, x, graph.edge_index, attr)
    agree(*layers, x, graph.edge_index, attr, return_attention_weights=True)


@each
@pytest.mark.parametrize("graph", SQUARE.values(), ids=SQUARE)
def test_awkward_graphs(name, graph):
    layers = pair(name, 7, 5, heads=3, edge_dim=2)
    attr = leaf(graph.edge_index.shape[1], 2)
    agree(*layers, leaf(graph.num_sources, 7), graph.edge_index, attr)


@each
def test_single_precision(name):
    layers = pair(name, 7, 5, heads=3, dtype=torch.float32)
    x = leaf(13, 7, dtype=torch.float32)
    agree(*layers, x, UNSORTED, tolerance=1e-5)


@pytest.mark.parametrize("name", ["GATConv", "GATv2Conv"])
@pytest.mark.parametrize(
    "fill_value",
    [0.5, 2, torch.tensor([0.1, -0.7, 1.3]), "add", "mean", "min", "max", "mul"],
    ids=str,
)
@pytest.mark.parametrize("loops", [True, False], ids=["loops", "none"])
def test_fill_values(name, fill_value, loops):
    layers = pair(name, 7, 5, heads=2, edge_dim=3, fill_value=fill_value)
    edges = UNSORTED
    if not loops:
        edges = edges[:, edges[0] != edges[1]]
    agree(*layers, leaf(13, 7), edges, leaf(edges.shape[1], 3))


@each
def test_a_number_for_each_edge(name):
    layers, attr = pair(name, 7, 5, edge_dim=1), leaf(61)
    stock, twin = layers
    want = stock(torch.ones(13, 7).double(), UNSORTED, attr.unsqueeze(1))
    assert_close(twin(torch.ones(13, 7).double(), UNSORTED, attr), want)
    if name != "TransformerConv":
        agree(*layers, leaf(13, 7), UNSORTED, attr)


@each
def test_a_layer_with_edge_dim_may_go_without_where_pyg_lets_it(name):
    if name != "TransformerConv":
        agree(*pair(name, 7, 5, edge_dim=3), leaf(13, 7), UNSORTED)


def test_sources_alone():
    layers, graph = pair("GATConv", (7, 3), 5, 2, residual=True), GRAPHS["unsorted"]
    agree(*layers, (leaf(13, 7), None), graph.edge_index, size=(13, 13))
    agree(*layers, (leaf(13, 7), None), graph.edge_index)
    graph = random_graph(23, 11, 5)
    agree(*layers, (leaf(11, 7), None), graph.edge_index, size=(11, 5))
    agree(*layers, (leaf(11, 7), leaf(5, 3)), graph.edge_index, size=(11, 5))
    one_width = pair("GATConv", 7, 5, 2)
    agree(*one_width, (leaf(11, 7), leaf(5, 7)), graph.edge_index)
    agree(*one_width, (leaf(11, 7), None), graph.edge_index, size=(11, 5))


@each
def test_one_tensor_for_a_bipartite_layer(name):
    agree(*pair(name, (7, 7), 5, 2), leaf(13, 7), UNSORTED)


@each
@pytest.mark.parametrize("loops", [True, False])
def test_sparse_adjacencies(name, loops):
    options = {} if name == "TransformerConv" else {"add_self_loops": loops}
    layers = pair(name, 7, 5, 2, **options)
    dense = torch.rand(13, 13) > 0.6
    x = leaf(13, 7)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # torch.sparse CSR is in beta
        matrix = dense.double()
        forms = [matrix.to_sparse_coo().coalesce(), matrix.to_sparse_csr()]
        for form in forms:
            agree(*layers, x, form)
            agree(*layers, x, form, return_attention_weights=True)
        # PyG takes no CSC.
        csc = layers[1](x, matrix.to_sparse_csc())
        assert_close(csc, layers[0](x, forms[0]))
        layers[1](x, matrix.to_sparse_csc(), return_attention_weights=True)


@each
def test_values_of_a_sparse_adjacency_are_edge_features(name):
    options = {} if name == "TransformerConv" else {"add_self_loops": False}
    layers, x = pair(name, 7, 5, 2, edge_dim=3, **options), leaf(13, 7)
    places = (torch.rand(13, 13) > 0.6).nonzero().T
    matrix = torch.sparse_coo_tensor(
        places, torch.randn(places.shape[1], 3).double(), (13, 13, 3)
    ).coalesce()
    agree(*layers, x, matrix)


@each
def test_edge_index_objects(name):
    layers, x = pair(name, 7, 5, 2), leaf(13, 7)
    for edges in (
        EdgeIndex(UNSORTED, sparse_size=(13, 13)),
        EdgeIndex(UNSORTED).sort_by("col").values,
    ):
        agree(*layers, x, edges)
        stock, twin = layers
        want = stock(x, edges, return_attention_weights=True)
        got = twin(x, edges, return_attention_weights=True)
        assert type(got[1][0]) is type(want[1][0])
        for one, other in zip(tensors(got), tensors(want), strict=True):
            assert_close(one, other)


@each
def test_narrow_integers(name):
    # Not compared with PyG's, whose gradients for int32 are others than for int64.
    twin, x = pair(name, 7, 5, 2)[1], leaf(13, 7)
    results = [twin(x, edges) for edges in (UNSORTED, UNSORTED.int())]
    grads = [torch.autograd.grad(out.square().sum(), x)[0] for out in results]
    assert_close(*results)
    assert_close(*grads)


@each
def test_lazy_sizes(name):
    for channels in (-1, (-1, -1)):
        stock, twin = pair(name, channels, 5, 2, edge_dim=-1)
        x, attr = (leaf(13, 7), leaf(13, 7)), leaf(61, 3)
        torch.manual_seed(7)
        stock(x, UNSORTED, attr)
        torch.manual_seed(7)
        twin(x, UNSORTED, attr)
        for one, other in zip(stock.parameters(), twin.parameters(), strict=True):
            assert torch.equal(one, other)
        agree(stock, twin, x, UNSORTED, attr)


@each
def test_weights_where_pyg_gives_them_though_false(name):
    stock, twin = pair(name, 7, 5)
    x = leaf(13, 7)
    want = stock(x, UNSORTED, return_attention_weights=False)
    got = twin(x, UNSORTED, return_attention_weights=False)
    assert type(got) is type(want)


@each
def test_state_dicts_go_both_ways(name):
    stock, twin = pair(name, (7, 3), 5, 2, edge_dim=3)
    assert list(stock.state_dict()) == list(twin.state_dict())
    stock.load_state_dict(twin.state_dict())
    twin.load_state_dict(stock.state_dict())
    assert repr(twin) == repr(stock)
    assert twin.__dict__.keys() == stock.__dict__.keys()


@each
def test_equal_seeds_give_equal_layers(name):
    stock, twin = pair(name, 7, 5, 2, edge_dim=3)
    for layer in (stock, twin):
        torch.manual_seed(3)
        layer.reset_parameters()
    for one, other in zip(stock.parameters(), twin.parameters(), strict=True):
        assert torch.equal(one, other)


@each
def test_dropout_has_the_same_distribution(name):
    stock, twin = pair(name, 7, 5, 2, dropout=0.4, dtype=torch.float32)
    copies, edges = 3000, GRAPHS["complete"].edge_index
    x = torch.randn(7, 7).repeat(copies, 1)
    shift = 7 * torch.arange(copies).repeat_interleave(edges.shape[1])
    edges = edges.repeat(1, copies) + shift
    with torch.no_grad():
        want, got = (one(x, edges).view(copies, 7, -1) for one in (stock, twin))
        exact = stock.eval()(x, edges)[:7]
    spread = want.std(0)
    assert ((got.mean(0) - exact).abs() <= 5 * spread / copies**0.5 + 1e-5).all()
    assert_close(got.std(0), spread, atol=1e-5, rtol=0.1)

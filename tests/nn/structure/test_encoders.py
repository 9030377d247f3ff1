"""Encoders and biases keep what they promise: signs, bases, padding, gradients."""

import pytest
import torch
from graphs import random_graph
from hypothesis import given, settings
from structure.cases import alone, batches
from torch.testing import assert_close

from graphattn import Adjacency, graph_attention, nn, patterns
from graphattn.structure import (
    in_out_degrees,
    laplacian_eigenvectors,
    return_probabilities,
    shortest_distances,
    shortest_paths,
    walk_probabilities,
)

K, CHANNELS, HEADS = 5, 7, 3


def drawn(module):
    """Draws parameters that start at 0, so that something can be seen."""
    for parameter in module.parameters():
        torch.nn.init.normal_(parameter)
    return module.eval()


def spectrum(edges, batch, **terms):
    return laplacian_eigenvectors(edges, len(batch), K, batch=batch, **terms)


def test_signs_are_drawn_by_graph_while_training():
    _, vectors = spectrum(torch.tensor([[0, 1, 3, 4], [1, 2, 4, 5]]), torch.zeros(6))
    batch = torch.arange(6) // 3
    encoder = nn.LaplacianEncoder(K, CHANNELS)
    torch.nn.init.eye_(encoder.map.weight[:K])
    torch.nn.init.zeros_(encoder.map.bias)
    seen = torch.stack([encoder(vectors, batch)[:, :K] for _ in range(40)])
    assert_close(seen.abs(), vectors.abs().expand_as(seen))
    assert (seen.std(0)[vectors.abs() > 0.1] > 0).all()
    first, second = seen[:, 0] / vectors[0], seen[:, 3] / vectors[3]
    both = (vectors[0].abs() > 0.1) & (vectors[3].abs() > 0.1)
    if both.any():
        assert (first[:, both] != second[:, both]).any()
    assert_close(encoder.eval()(vectors, batch)[:, :K], vectors)


@settings(max_examples=30, deadline=None)
@given(batches())
def test_a_sign_invariant_encoder_sees_no_signs_and_no_padding(graphs):
    edges, batch = graphs
    values, vectors = spectrum(edges, batch)
    encoder = drawn(nn.SignInvariantEncoder(K, CHANNELS))
    sign = torch.randint(0, 2, values.shape)[batch] * 2 - 1
    want = encoder(vectors, values, batch)
    assert_close(encoder(vectors * sign, values, batch), want)
    noise = vectors.where(values[batch] >= 0, torch.randn(vectors.shape))
    assert_close(encoder(noise, values, batch), want)


@settings(max_examples=30, deadline=None)
@given(batches())
def test_spectral_modules_see_no_basis_and_no_neighbouring_graph(graphs):
    edges, batch = graphs
    values, vectors = spectrum(edges, batch, whole_eigenspaces=True)
    encoder, bias = drawn(nn.SpectralEncoder(CHANNELS)), drawn(nn.SpectralBias(HEADS))
    pairs = patterns.full(len(batch), batch=batch).edge_index
    of_nodes = encoder(vectors, values, batch)
    of_pairs = bias(vectors, values, pairs, batch)
    for nodes, own, _ in alone(edges, batch):
        order = torch.randperm(len(nodes))
        one = laplacian_eigenvectors(order[own], len(nodes), K, whole_eigenspaces=True)
        close = {"rtol": 1e-3, "atol": 1e-4}
        got = encoder(one.eigenvectors, one.eigenvalues)
        assert_close(got[order], of_nodes[nodes], **close)
        full = patterns.full(len(nodes)).edge_index
        got = bias(one.eigenvectors, one.eigenvalues, order[full])
        mine = batch[pairs[1]] == batch[nodes[0]]
        assert_close(got, of_pairs[mine], **close)


def test_walks_are_mapped():
    edges, num_nodes, _ = random_graph(61, 13, 13)
    encoder = nn.WalkEncoder(4, CHANNELS)
    out = encoder(return_probabilities(edges, num_nodes, 4))
    assert_close(out.mean(0), encoder.map.bias)  # every step is centred
    alone = nn.WalkEncoder(4, CHANNELS)(torch.zeros(1, 4))
    assert alone.isfinite().all()
    bias = nn.WalkBias(4, HEADS)
    pairs = walk_probabilities(edges, num_nodes, 4, edges)
    assert not bias(pairs).any()
    assert drawn(bias)(pairs).std(0).min() > 0


def test_large_degrees_share_a_vector():
    encoder = nn.DegreeEncoder(CHANNELS, max_degree=2)
    degrees = in_out_degrees(torch.tensor([[0, 0, 0, 1], [1, 2, 3, 2]]), 4)
    out = encoder(degrees)
    assert_close(out[0], encoder.of_in.weight[0] + encoder.of_out.weight[2])
    assert_close(out[2], encoder.of_in.weight[2] + encoder.of_out.weight[0])
    assert_close(encoder(degrees + 5), encoder(degrees + 9))


def test_distances_have_numbers_of_their_own_up_to_a_limit():
    path = torch.tensor([[0, 1, 2, 3], [1, 2, 3, 4]])
    pairs = torch.tensor([[0, 0, 0, 0, 0, 4], [0, 1, 2, 3, 4, 0]])
    bias = drawn(nn.DistanceBias(2, HEADS))
    out = bias(shortest_distances(path, 5, pairs))
    assert_close(out[3], out[4])  # both beyond the limit
    assert len(out.unique(dim=0)) == 5
    assert not nn.DistanceBias(2, HEADS)(shortest_distances(path, 5, pairs)).any()


def test_path_biases_are_means_by_place_on_the_path():
    edges, num_nodes, _ = random_graph(61, 23, 23)
    edge_attr = torch.randn(61, 2, dtype=torch.float64)
    pairs = patterns.full(num_nodes).edge_index
    paths = shortest_paths(edges, num_nodes, pairs, 3)
    bias = drawn(nn.PathBias(2, 3, HEADS)).double()
    out = bias(edge_attr, paths)
    for row, path in zip(out, paths.tolist(), strict=True):
        own = [
            edge_attr[edge] @ bias.weight[place]
            for place, edge in enumerate(path)
            if edge >= 0
        ]
        want = torch.stack(own).mean(0) if own else torch.zeros(HEADS).double()
        assert_close(row, want)
    assert torch.autograd.gradcheck(
        lambda attr, weight: torch.func.functional_call(
            bias, {"weight": weight}, (attr, paths[:40])
        ),
        (edge_attr.clone().requires_grad_(), bias.weight),
    )


def test_no_nodes_and_no_pairs_are_welcome():
    none = torch.zeros(2, 0).long()
    spectrum_ = laplacian_eigenvectors(none, 0, K)
    vectors, values = spectrum_.eigenvectors, spectrum_.eigenvalues
    assert nn.LaplacianEncoder(K, CHANNELS)(vectors).shape == (0, CHANNELS)
    assert nn.SignInvariantEncoder(K, CHANNELS)(vectors, values).shape[0] == 0
    assert nn.SpectralBias(HEADS)(vectors, values, none).shape == (0, HEADS)
    assert nn.PathBias(2, 3, HEADS)(
        torch.zeros(0, 2), shortest_paths(none, 0, none, 3)
    ).shape == (0, HEADS)


def test_biases_train_through_attention():
    edges, num_nodes, _ = random_graph(61, 13, 13)
    hops = patterns.k_hop(edges, num_nodes, 2)
    query, key, value = torch.randn(3, num_nodes, HEADS, 5)
    bias = nn.DistanceBias(2, HEADS)
    distances = shortest_distances(edges, num_nodes, hops)
    out = graph_attention(query, key, value, hops, edge_bias=bias(distances))
    out.square().sum().backward()
    assert bias.table.weight.grad is not None
    assert (bias.table.weight.grad[:3] != 0).all()
    assert not bias.table.weight.grad[3:].any()


@pytest.mark.parametrize("beside_full", [False, True])
def test_biases_enter_blocks(beside_full):
    edges, num_nodes, _ = random_graph(61, 13, 13)
    block = nn.GraphTransformerBlock(6, HEADS, beside_full=beside_full)
    bias = drawn(nn.DistanceBias(2, HEADS))(shortest_distances(edges, 13, edges))
    x = torch.randn(num_nodes, 6)
    plain = block(x, edges)
    assert_close(block(x, edges, edge_bias=torch.zeros_like(bias)), plain)
    loops = edges[0] == edges[1]
    assert loops.any()
    assert (block(x, edges, edge_bias=bias) - plain).abs().max() > 1e-3
    forbidding = torch.zeros_like(bias).masked_fill(loops[:, None], -1e9)
    want = block(x, edges, edge_mask=~loops)
    assert_close(block(x, edges, edge_bias=forbidding), want)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: nn.DistanceBias(-1, HEADS), "max_distance must not be negative"),
        (lambda: nn.DegreeEncoder(CHANNELS, -1), "max_degree must not be negative"),
        (
            lambda: nn.SpectralBias(HEADS)(
                torch.ones(3, K),
                torch.ones(1, K),
                Adjacency.from_edge_index(torch.tensor([[0], [1]]), (3, 2)),
            ),
            "bipartite",
        ),
    ],
)
def test_refuse_what_makes_no_sense(call, says):
    with pytest.raises(ValueError, match=says):
        call()

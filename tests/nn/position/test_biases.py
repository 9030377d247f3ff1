"""Biases of pairs by how far they are apart."""

import pytest
import torch
from graphs import GRAPHS
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from graphattn import Adjacency, graph_attention, patterns
from graphattn.nn import ALiBi, RelativeBias, grid_places

BIASES = {
    "clipped": lambda: RelativeBias(3, 5),
    "bucketed": lambda: RelativeBias(3, 29, buckets=10),
    "causal buckets": lambda: RelativeBias(3, 29, buckets=6, causal=True),
    "alibi": lambda: ALiBi(3),
}
each_bias = pytest.mark.parametrize("make", BIASES.values(), ids=BIASES)
PLACES = st.lists(st.integers(-50, 50), min_size=13, max_size=13)


@each_bias
@settings(max_examples=20, deadline=None)
@given(places=PLACES, steps=st.integers(-1_000, 1_000))
def test_depends_on_differences_alone(make, places, steps):
    bias, place = make(), torch.tensor(places)
    edges = GRAPHS["unsorted"].edge_index
    assert torch.equal(bias(edges, place=place), bias(edges, place=place + steps))
    assert torch.equal(bias.matrix(place), bias.matrix(place + steps))


@each_bias
def test_edges_read_the_matrix_of_all_pairs(make):
    bias, place = make(), torch.randint(-30, 30, (13,))
    source, target = edges = GRAPHS["unsorted"].edge_index
    want = bias.matrix(place)[:, target, source].T
    assert_close(bias(edges, place=place), want)
    adjacency = Adjacency.from_edge_index(edges, 13)
    assert_close(bias(adjacency, place=place), want)
    by_number = bias.matrix(torch.arange(13))[:, target, source].T
    assert_close(bias(edges), by_number)
    assert_close(bias(adjacency), by_number)


@each_bias
def test_sources_and_targets_may_stand_elsewhere(make):
    bias, graph = make(), GRAPHS["bipartite"]
    source, target = graph.edge_index
    places = torch.arange(5) * 3, torch.arange(11) - 7
    want = bias.matrix(places[1], places[0])[:, target, source].T
    assert_close(bias(graph.edge_index, place=places), want)


@each_bias
def test_a_batch_equals_each_graph_alone(make):
    bias, batch = make(), torch.tensor([0] * 5 + [1] * 7)
    got = bias(patterns.full(12, batch=batch), batch=batch)
    alone = [bias(patterns.full(5)), bias(patterns.full(7))]
    assert_close(got, torch.cat(alone))


@pytest.mark.parametrize("make", [BIASES["clipped"], BIASES["bucketed"]])
def test_fused_attention_teaches_the_table(make):
    bias, edges = make().double(), GRAPHS["unsorted"].edge_index
    rows = torch.randn(13, 3, 5, dtype=torch.float64)

    def attend(table):
        own = torch.nn.functional.embedding(bias.bucket(edges[0] - edges[1]), table)
        return graph_attention(rows, rows, rows, edges, edge_bias=own)

    assert torch.autograd.gradcheck(attend, (bias.table,))
    graph_attention(rows, rows, rows, edges, edge_bias=bias(edges)).sum().backward()
    assert bias.table.grad.any()


def test_clipped_offsets_beyond_the_reach_share_a_row():
    bias = RelativeBias(2, 3)
    offsets = torch.tensor([-99, -3, -1, 0, 2, 3, 4])
    assert bias.bucket(offsets).tolist() == [0, 0, 2, 3, 5, 6, 6]


def test_buckets_are_exact_near_by_and_logarithmic_far_away():
    bias = RelativeBias(2, 16, buckets=16)
    offsets = torch.tensor([0, -1, -3, -4, -5, -6, -8, -11, -12, -16, -999, 1, 4, 8])
    want = [0, 1, 3, 4, 4, 5, 6, 6, 7, 7, 7, 9, 12, 14]
    assert bias.bucket(offsets).tolist() == want
    causal = RelativeBias(2, 16, buckets=8, causal=True)
    assert causal.bucket(offsets).tolist()[-4:] == [7, 0, 0, 0]


@settings(max_examples=40, deadline=None)
@given(quarter=st.integers(1, 11), further=st.integers(1, 300), causal=st.booleans())
def test_buckets_never_fall_with_distance_and_fill_the_table(quarter, further, causal):
    buckets = 4 * quarter
    reach = buckets // 2 + further
    bias = RelativeBias(1, reach, buckets=buckets, causal=causal)
    found = bias.bucket(-torch.arange(4 * reach))
    assert (found.diff() >= 0).all()
    assert found[0] == 0
    assert found[-1] == (buckets if causal else buckets // 2) - 1
    assert found[reach:].unique().numel() == 1


def test_two_axes_have_a_number_for_each_combination():
    bias, place = RelativeBias(2, 1, dims=2), grid_places(3, 5)
    down_right = place[None] - place[:, None]
    rows = (down_right.clamp(-1, 1) + 1) @ torch.tensor([1, 3])
    assert_close(bias.matrix(place), bias.table[rows].movedim(-1, 0))


@pytest.mark.parametrize("heads", [1, 2, 3, 4, 5, 8, 12, 16])
def test_slopes_of_alibi(heads):
    slopes = ALiBi(heads).slopes.double()
    power = 2 ** (heads.bit_length() - 1)
    first = [2 ** (-8 * k / power) for k in range(1, power + 1)]
    rest = [2 ** (-8 * k / (2 * power)) for k in range(1, 2 * power, 2)]
    assert_close(slopes, torch.tensor(first + rest)[:heads].double())


def test_alibi_of_coordinates_is_the_distance():
    place = torch.randn(7, 3)
    got = ALiBi(2, dims=3).matrix(place)
    slopes = torch.tensor([2**-4, 2**-8])
    want = -torch.cdist(place, place) * slopes[:, None, None]
    assert_close(got, want, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: RelativeBias(2, 0), "at least 1"),
        (lambda: RelativeBias(2, 9, causal=True), "set buckets"),
        (lambda: RelativeBias(2, 9, buckets=5), "even"),
        (lambda: RelativeBias(2, 4, buckets=16), "reach must be beyond"),
        (lambda: ALiBi(0), "at least 1"),
        (lambda: RelativeBias(2).bucket(torch.rand(3)), "whole numbers"),
        (lambda: ALiBi(2, dims=2)(torch.zeros(2, 3).long()), "have to be given"),
    ],
)
def test_refuses(make, says):
    with pytest.raises(ValueError, match=says):
        make()

"""Every score, type, shape and instruction set, outputs and gradients."""

import pytest
import torch
from cases import SCORES, edge_tensors, gradients, node_tensors
from graphs import GRAPHS, Graph, random_graph
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

DTYPES = (torch.float32, torch.float64, torch.float16, torch.bfloat16)
# Heads and width: some with code of their own, and some that fill no vector.
SHAPES = [(8, 16), (4, 16), (8, 8), (4, 32), (1, 64), (1, 128), (2, 16), (1, 16)]
SHAPES += [(4, 8), (2, 32), (1, 32), (8, 32), (2, 64), (4, 64)]
SHAPES += [(1, 1), (3, 7), (2, 33), (1, 257), (5, 16), (24, 3), (17, 1)]

each_score = pytest.mark.parametrize("score", SCORES)
each_graph = pytest.mark.parametrize("graph", GRAPHS.values(), ids=GRAPHS)
each_dtype = pytest.mark.parametrize("dtype", DTYPES, ids=str)


@each_score
@each_graph
def test_matches_reference(isa, score, graph):
    score = SCORES[score]
    nodes, edges = node_tensors(score, graph), edge_tensors(score, graph)
    got = score.attend(*nodes, graph.edge_index, **edges)
    want, _ = score.reference(*nodes, graph.edge_index, **edges)
    assert_close(got, want)
    leaves = [*nodes, *(t for t in edges.values() if t.requires_grad)]
    upstream = torch.randn_like(want)
    assert_close(gradients(got, leaves, upstream), gradients(want, leaves, upstream))


@each_score
@each_graph
@pytest.mark.parametrize("options", [False, True], ids=["plain", "options"])
def test_matches_portable_on_every_graph(
    isa, score, graph, options, make_call, check_call
):
    for dtype in DTYPES:
        check_call(make_call(score, graph, dtype=dtype, options=options))


@each_score
@each_dtype
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_matches_portable_at_every_shape(
    isa, score, dtype, shape, make_call, check_call
):
    graph, (heads, width) = random_graph(157, 23, 31), shape
    for value_width, options in ((width, False), (11, True)):
        check_call(
            make_call(
                score,
                graph,
                heads,
                width,
                value_width,
                edge_width=5,
                dtype=dtype,
                options=options,
            )
        )


@each_score
@pytest.mark.parametrize("options", [False, True], ids=["plain", "options"])
def test_hub_rows_are_cut_and_merged(isa, score, options, make_call, check_call):
    """Both ends: one target with 9001 edges, then one source with as many."""
    ends = random_graph(9001, 37, 5).edge_index
    ends[1, 13:] = 3
    graph = Graph(ends, 37, 5)
    for edges, num_sources, num_targets in (graph, (ends.flip(0), 5, 37)):
        turned = Graph(edges.contiguous(), num_sources, num_targets)
        call = make_call(score, turned, 8, 16, 16, 3, torch.float64, options=options)
        check_call(call)


@each_score
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    counts=st.tuples(*[st.integers(1, 29)] * 2, st.integers(0, 199)),
    shape=st.sampled_from(SHAPES[:10]),
    value_width=st.integers(1, 19),
    edge_width=st.integers(1, 7),
    options=st.booleans(),
)
def test_random_graphs_match_portable(
    score, counts, shape, value_width, edge_width, options, make_call, check_call
):
    num_sources, num_targets, num_edges = counts
    graph = random_graph(num_edges, num_sources, num_targets)
    check_call(
        make_call(score, graph, *shape, value_width, edge_width, options=options)
    )

import copy
import pickle

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.testing import assert_close

from graphattn import full_attention
from graphattn.nn import LinearAttention
from graphattn.nn.features import FavorFeatures

each_kind = pytest.mark.parametrize("features", ["elu", "favor"])


def layer(features, *, num_features=11):
    torch.manual_seed(17)
    built = LinearAttention(15, 3, features=features, num_features=num_features)
    return built.double()


def with_gradients(model, x, **options):
    """Returns the output and the gradients of a fixed function of it."""
    x = x.clone().requires_grad_()
    out = model(x, **options)
    real = out if options.get("mask") is None else out[options["mask"]]
    upstream = torch.linspace(-1, 1, real.numel(), dtype=real.dtype).view_as(real)
    leaves = [x, *model.parameters()]
    return real, torch.autograd.grad((real * upstream).sum(), leaves)


@each_kind
def test_equals_the_sum_over_all_pairs(features):
    model, x = layer(features), torch.randn(13, 15).double()
    rows = model.in_proj(x).view(13, 3, 3, 5)
    query, key = model.features(rows[:, 0]).exp(), model.features(rows[:, 1]).exp()
    scores = torch.einsum("ihf,jhf->hij", query, key)
    weights = scores / scores.sum(-1, keepdim=True)
    out = torch.einsum("hij,jhd->ihd", weights, rows[:, 2]).flatten(1)
    assert_close(model(x), model.out_proj(out))


def test_random_features_approach_softmax_attention():
    x, error = torch.randn(13, 15).double() / 2, {}
    for number in (50, 50_000):
        model = layer("favor", num_features=number)
        query, key, value = model.in_proj(x).view(13, 3, 3, 5).unbind(1)
        exact = model.out_proj(full_attention(query, key, value).flatten(1))
        error[number] = (model(x) - exact).abs().max() / exact.abs().max()
    assert error[50] < 1
    assert error[50_000] < 0.03


def test_directions_are_orthogonal_within_a_block_and_new_when_drawn_anew():
    features = FavorFeatures(5, 7)
    features.redraw()
    first = features.directions.clone()
    gram = first[:5] @ first[:5].T
    assert_close(gram, gram.diagonal().diag())
    features.redraw()
    assert not torch.equal(features.directions, first)


def test_directions_prefer_no_side():
    features = FavorFeatures(3, 30_000)
    features.redraw()
    assert_close(features.directions.mean(0), torch.zeros(3), atol=0.03, rtol=0)
    gram = features.directions.T @ features.directions / 30_000
    assert_close(gram, torch.eye(3), atol=0.05, rtol=0)


@each_kind
@settings(max_examples=25, deadline=None)
@given(
    sizes=st.lists(st.integers(0, 7), min_size=1, max_size=4),
    extra=st.integers(0, 5),
    garbage=st.floats(-1e3, 1e3),
)
def test_padding_changes_nothing(features, sizes, extra, garbage):
    model, length = layer(features), max(sizes) + extra
    x = torch.full((len(sizes), length, 15), garbage, dtype=torch.float64)
    mask = torch.arange(length) < torch.tensor(sizes)[:, None]
    x[mask] = torch.randn(sum(sizes), 15).double()
    batch = torch.arange(len(sizes)).repeat_interleave(torch.tensor(sizes))
    padded, padded_grads = with_gradients(model, x, mask=mask)
    flat, flat_grads = with_gradients(model, x[mask], batch=batch)
    alone = [model(rows[keep]) for rows, keep in zip(x, mask, strict=True)]
    assert_close(padded, flat)
    assert_close(flat, torch.cat(alone))
    assert_close(padded_grads[0][mask], flat_grads[0])
    assert not padded_grads[0][~mask].any()
    assert_close(padded_grads[1:], flat_grads[1:])


@each_kind
@settings(max_examples=10, deadline=None)
@given(order=st.permutations(range(13)))
def test_permuting_nodes_permutes_the_output(features, order):
    model, order = layer(features), torch.tensor(order)
    x = torch.randn(13, 15).double()
    assert_close(model(x[order]), model(x)[order])


@each_kind
@settings(max_examples=25, deadline=None)
@given(
    sizes=st.lists(st.integers(0, 11), min_size=1, max_size=4),
    chunk=st.sampled_from([1, 3, 5, 64]),
    extra=st.integers(0, 5),
)
def test_causal_sums_equal_those_over_all_pairs(features, sizes, chunk, extra):
    model, length = layer(features), max(sizes) + extra
    x = torch.randn(len(sizes), length, 15).double()
    mask = torch.arange(length) < torch.tensor(sizes)[:, None]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("graphattn.nn.linear._CHUNK", chunk)
        got, grads = with_gradients(model, x, mask=mask, causal=True)
        batch = torch.arange(len(sizes)).repeat_interleave(torch.tensor(sizes))
        flat, flat_grads = with_gradients(model, x[mask], batch=batch, causal=True)
    want = []
    for sequence, size in zip(x, sizes, strict=True):
        rows = model.in_proj(sequence[:size]).view(size, 3, 3, 5)
        query, key = model.features(rows[:, 0]).exp(), model.features(rows[:, 1]).exp()
        scores = torch.einsum("ihf,jhf->hij", query, key).tril()
        weights = scores / scores.sum(-1, keepdim=True)
        out = torch.einsum("hij,jhd->ihd", weights, rows[:, 2]).flatten(1)
        want.append(model.out_proj(out))
    assert_close(got, torch.cat(want))
    assert_close(flat, got)
    assert_close(grads[0][mask], flat_grads[0])
    assert_close(grads[1:], flat_grads[1:])


@each_kind
def test_causal_sums_do_not_look_ahead(features, monkeypatch):
    monkeypatch.setattr("graphattn.nn.linear._CHUNK", 3)
    model, x = layer(features), torch.randn(13, 15).double().requires_grad_()
    seen = torch.autograd.grad(model(x, causal=True)[7].sum(), x)[0]
    assert seen[:8].abs().sum(1).min() > 0
    assert not seen[8:].any()


def test_a_seed_fixes_random_features_and_drawing_anew_changes_them():
    first, same, other = (
        LinearAttention(15, 3, features="favor", seed=seed).features.directions
        for seed in (5, 5, 7)
    )
    assert torch.equal(first, same)
    assert not torch.equal(first, other)
    model = LinearAttention(15, 3, features="favor", seed=5)
    weight = model.in_proj.weight.clone()
    model.redraw()
    assert not torch.equal(model.features.directions, first)
    model.redraw(5)
    assert torch.equal(model.features.directions, first)
    assert torch.equal(model.in_proj.weight, weight)


@each_kind
def test_nothing_for_every_pair_is_kept(features):
    model, saved = layer(features), []

    def pack(tensor):
        saved.append(tensor.numel())
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda tensor: tensor):
        model(torch.randn(997, 15).double())
    assert max(saved) <= 997 * 3 * 15


@each_kind
def test_a_set_of_padding_alone_is_finite_both_ways(features):
    x, mask = torch.randn(2, 7, 15).double(), torch.zeros(2, 7, dtype=torch.bool)
    mask[0] = True
    out, grads = with_gradients(layer(features), x, mask=mask)
    assert out.isfinite().all()
    assert all(grad.isfinite().all() for grad in grads)


@each_kind
def test_huge_inputs_stay_finite(features):
    model = layer(features).float()
    for causal in (False, True):
        out, grads = with_gradients(model, 1e3 * torch.randn(13, 15), causal=causal)
        assert out.isfinite().all()
        assert all(grad.isfinite().all() for grad in grads)


@each_kind
def test_autocast_returns_the_narrow_type_and_sums_in_the_wide(features):
    model, x = layer(features).float(), torch.randn(997, 15)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        got = model(x)
    assert got.dtype == torch.bfloat16
    assert_close(got.float(), model(x), atol=0.05, rtol=0.05)


@each_kind
def test_copies_and_pickles(features):
    model, x = layer(features), torch.randn(13, 15).double()
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert torch.equal(other(x), model(x))
    other = layer(features)
    other.reset_parameters()
    other.load_state_dict(model.state_dict())
    assert torch.equal(other(x), model(x))


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"heads": 2}, "heads must divide channels"),
        ({"features": "relu"}, "features must be one of elu, favor"),
        ({"num_features": 0}, "num_features must be at least 1"),
    ],
)
def test_refuses_bad_options(options, says):
    with pytest.raises(ValueError, match=says):
        LinearAttention(15, **{"heads": 3, **options})


@pytest.mark.parametrize(
    ("x", "options", "says"),
    [
        (torch.randn(13, 7), {}, r"\[..., num_nodes, channels\]"),
        (
            torch.randn(13, 15),
            {"batch": torch.zeros(13).long(), "mask": torch.ones(13) > 0},
            "no padding and so no mask",
        ),
    ],
)
def test_refuses_inputs_that_do_not_fit(x, options, says):
    with pytest.raises(ValueError, match=says):
        LinearAttention(15, 3)(x, **options)

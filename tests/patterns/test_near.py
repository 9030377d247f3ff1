import pytest
import torch
from dense import batch_of, matrix, same_set

from graphattn import patterns
from graphattn.patterns import near

SIZES = [7, 1, 0, 5, 3]


def distances(points, sizes):
    apart = (points[:, None] - points[None, :]).norm(dim=-1)
    other = ~same_set(sizes) | torch.eye(len(points), dtype=torch.bool)
    return apart.masked_fill(other, float("inf"))


@pytest.mark.parametrize("k", [0, 2, 5])
@pytest.mark.parametrize("block", [3, 1 << 20])
def test_nearest_are_those_at_the_least_distances(k, block, monkeypatch):
    monkeypatch.setattr(near, "_BLOCK", block)
    points = torch.randn(sum(SIZES), 3)
    distance = distances(points, SIZES)
    order = distance.argsort(dim=1)[:, :k]
    want = torch.zeros_like(distance).scatter(1, order, 1.0) * distance.isfinite()
    got = patterns.nearest(points, k, batch=batch_of(SIZES))
    assert torch.equal(matrix(got), want.long())


def test_ties_go_to_the_lower_number():
    got = patterns.nearest(torch.zeros(5, 2), 2).edge_index
    assert got.tolist() == [
        [1, 2, 0, 2, 0, 1, 0, 1, 0, 1],
        [0, 0, 1, 1, 2, 2, 3, 3, 4, 4],
    ]


def test_within_a_radius_are_those_that_are_near_enough():
    points = torch.randn(sum(SIZES), 3)
    got = patterns.within(points, 1.3, batch=batch_of(SIZES))
    assert torch.equal(matrix(got), (distances(points, SIZES) <= 1.3).long())


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda x: patterns.nearest(x, -1), "k must not be negative"),
        (lambda x: patterns.within(x, -1.0), "must not be negative"),
        (lambda x: patterns.nearest(x / 0.0, 1), r"points\[0\]"),
    ],
)
def test_refuse_what_makes_no_sense(call, says):
    with pytest.raises(ValueError, match=says):
        call(torch.ones(3, 2))

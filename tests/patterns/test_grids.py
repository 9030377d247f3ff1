import pytest
import torch
from dense import matrix
from torch.nn.functional import conv2d

from graphattn import patterns


def predicate(height, width, near):
    """Returns `[pixel, pixel]`, whether `near(dy, dx)`."""
    y = torch.arange(height).repeat_interleave(width)
    x = torch.arange(width).repeat(height)
    return near((y[:, None] - y).abs(), (x[:, None] - x).abs()).long()


@pytest.mark.parametrize(("height", "width"), [(5, 7), (1, 3), (2, 2), (0, 3)])
@pytest.mark.parametrize("size", [1, 3, 5])
@pytest.mark.parametrize("dilation", [1, 2])
def test_neighbourhoods_equal_their_dense_predicates(height, width, size, dilation):
    reach = size // 2

    def square(dy, dx):
        on = (dy % dilation == 0) & (dx % dilation == 0)
        return on & (torch.maximum(dy, dx) <= reach * dilation)

    def diamond(dy, dx):
        return square(dy, dx) & (dy + dx <= reach * dilation)

    for diagonal, near in ((True, square), (False, diamond)):
        got = patterns.grid(height, width, size, diagonal=diagonal, dilation=dilation)
        assert torch.equal(matrix(got), predicate(height, width, near))


def test_wrapped_neighbourhoods_go_on_at_the_other_border():
    got = patterns.grid(5, 7, wrap=True)
    assert (got.degree == 9).all()

    def near(dy, dx):
        return (torch.minimum(dy, 5 - dy) <= 1) & (torch.minimum(dx, 7 - dx) <= 1)

    assert torch.equal(matrix(got), predicate(5, 7, near))


def test_edges_come_in_the_order_of_a_kernel():
    kernel, image = torch.randn(3, 3), torch.randn(5, 7)
    source, target = patterns.grid(5, 7).edge_index
    inner = torch.zeros(5, 7, dtype=torch.bool)
    inner[1:-1, 1:-1] = True
    edges = inner.flatten()[target]
    found = image.flatten()[source[edges]].view(-1, 9) @ kernel.flatten()
    want = conv2d(image[None, None], kernel[None, None]).flatten()
    torch.testing.assert_close(found, want)


def test_axial_joins_rows_and_columns():
    got = matrix(patterns.axial(3, 5))
    assert torch.equal(got, predicate(3, 5, lambda dy, dx: (dy == 0) | (dx == 0)))
    assert patterns.axial(0, 5).num_edges == 0


@pytest.mark.parametrize("pattern", [patterns.grid, patterns.axial])
def test_images_are_kept_apart(pattern):
    one = matrix(pattern(3, 5))
    assert torch.equal(matrix(pattern(3, 5, num_images=2)), torch.block_diag(one, one))
    assert pattern(3, 5, num_images=0).num_targets == 0


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: patterns.grid(3, 3, 2), "must be odd"),
        (lambda: patterns.grid(3, 3, dilation=0), "dilation must be at least 1"),
        (lambda: patterns.axial(-1, 3), "must not be negative"),
    ],
)
def test_refuse_what_makes_no_sense(call, says):
    with pytest.raises(ValueError, match=says):
        call()

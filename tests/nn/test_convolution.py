import pytest
import torch
from torch import nn
from torch.nn.functional import pad
from torch.testing import assert_close

from graphattn import patterns
from graphattn.nn import attention_from_conv2d, grid_places

HEIGHT, WIDTH = 7, 11


def pixels(image: torch.Tensor) -> torch.Tensor:
    return image.flatten(1).T


@pytest.mark.parametrize(
    ("dtype", "tolerance"), [(torch.float32, 1e-6), (torch.float64, 1e-12)]
)
@pytest.mark.parametrize(("size", "dilation"), [(1, 1), (3, 1), (5, 1), (3, 2)])
@pytest.mark.parametrize("bias", [True, False])
def test_attention_equals_the_convolution(dtype, tolerance, size, dilation, bias):
    convolution = nn.Conv2d(
        3, 5, size, padding="same", dilation=dilation, bias=bias, dtype=dtype
    )
    layer, image = attention_from_conv2d(convolution), torch.rand(3, HEIGHT, WIDTH)
    image, border = image.to(dtype), dilation * (size // 2)
    shape = (HEIGHT + 2 * border, WIDTH + 2 * border)
    grid = patterns.grid(*shape, size, dilation=dilation)
    out = layer(pixels(pad(image, (border,) * 4)), grid, place=grid_places(*shape))
    inside = out.T.view(5, *shape)[:, border : border + HEIGHT, border : border + WIDTH]
    assert_close(inside, convolution(image), atol=tolerance, rtol=0)


def test_each_head_attends_to_one_place_of_the_kernel():
    layer = attention_from_conv2d(nn.Conv2d(3, 5, 3))
    grid, x = patterns.grid(HEIGHT, WIDTH), torch.rand(HEIGHT * WIDTH, 3)
    place = grid_places(HEIGHT, WIDTH)
    _, weights = layer(x, grid, place=place, return_attention_weights=True)
    centre = 3 * WIDTH + 5
    assert torch.equal(weights[grid.edge_index[1] == centre], torch.eye(9))


def test_all_pairs_of_pixels_give_the_same():
    convolution = nn.Conv2d(3, 5, 3)
    layer, image = attention_from_conv2d(convolution), torch.rand(3, HEIGHT, WIDTH)
    out = layer(pixels(image), place=grid_places(HEIGHT, WIDTH))
    inside = out.T.view(5, HEIGHT, WIDTH)[:, 1:-1, 1:-1]
    assert_close(inside, convolution(image), atol=1e-6, rtol=0)


@pytest.mark.parametrize(
    "options", [{"stride": 2}, {"kernel_size": (3, 5)}, {"kernel_size": 2}]
)
def test_a_convolution_of_another_kind_is_refused(options):
    with pytest.raises(ValueError, match="attention_from_conv2d: the convolution must"):
        attention_from_conv2d(
            nn.Conv2d(**{"kernel_size": 3} | options, in_channels=3, out_channels=5)
        )

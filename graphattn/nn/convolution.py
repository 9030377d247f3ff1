"""A convolution as attention: one head per place of the kernel."""

import torch
from torch import nn
from torch_geometric.nn.inits import zeros

from graphattn._errors import require
from graphattn.nn.attention import GraphAttention
from graphattn.nn.position import RelativeBias, grid_places

# exp(-_FAR) is 0, also in double precision: other places get no weight at all.
_FAR = 1e4


@torch.no_grad()
def attention_from_conv2d(convolution: nn.Conv2d) -> GraphAttention:
    r"""Returns the attention layer that computes a convolution.

    Each head attends to one place of the kernel, which its relative bias picks, and its
    values are that place's weights:

    .. math:: \sum_h W_h \, x_{i + \delta_h} + b

    The layer takes pixels as nodes, on ``patterns.grid`` with the kernel's size and
    dilation (or all pairs) and ``place=grid_places(height, width)``. Where a place of
    the kernel lies outside of the image, its head finds nothing to attend to but the
    others: pad the image, and read the pixels inside, or let the grid wrap.

    Args:
        convolution: Of stride 1, with one group, and a square kernel of odd size.

    Raises:
        ValueError: Another convolution.

    Source:
        Cordonnier, Loukas, Jaggi 2020, https://arxiv.org/abs/1911.03584.
    """
    size, dilation = convolution.kernel_size[0], convolution.dilation[0]
    require(
        set(convolution.stride) == {1}
        and convolution.groups == 1
        and set(convolution.kernel_size) == {size}
        and set(convolution.dilation) == {dilation}
        and size % 2 == 1,
        "attention_from_conv2d",
        "the convolution must have stride 1, one group, and a square, odd kernel",
        {"convolution": convolution},
    )
    heads, weight = size**2, convolution.weight
    steps = dilation * (grid_places(size, size) - size // 2)
    # One further than the kernel reaches: what is beyond shares that number.
    position = RelativeBias(heads, reach=dilation * (size // 2) + 1, dims=2)
    layer = GraphAttention(
        convolution.in_channels,
        convolution.out_channels,
        heads,
        concat=False,
        output_projection=False,
        position=position,
    ).to(weight)
    position.table.fill_(-_FAR)
    position.table[position.bucket(steps), torch.arange(heads)] = 0.0
    for projection in (layer.query_proj, layer.key_proj, layer.value_proj):
        assert projection is not None
        zeros(projection.weight)
        zeros(projection.bias)
    assert layer.value_proj is not None
    # The layer takes the mean of its heads; a convolution is their sum.
    by_place = heads * weight.flatten(2).permute(2, 0, 1)
    layer.value_proj.weight.copy_(by_place.flatten(0, 1))
    if convolution.bias is not None:
        layer.value_proj.bias.copy_(convolution.bias.repeat(heads))
    return layer

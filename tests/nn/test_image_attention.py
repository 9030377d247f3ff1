import torch
from torch.testing import assert_close

from graphattn import patterns
from graphattn.nn import ImageAttention


def test_at_first_the_images_come_out_as_they_went_in():
    images = torch.rand(3, 6, 5, 7)
    assert_close(ImageAttention(6, 3)(images), images)


def test_a_pixel_takes_from_its_neighbourhood_in_its_own_image():
    layer, images = ImageAttention(6, 3), torch.rand(3, 6, 5, 7).requires_grad_()
    torch.nn.init.ones_(layer.share)
    out = layer(images, patterns.grid(5, 7))
    seen = torch.autograd.grad(out[1, :, 2, 3].sum(), images)[0].abs().sum(1) > 0
    want = torch.zeros(3, 5, 7, dtype=torch.bool)
    want[1, 1:4, 2:5] = True
    assert torch.equal(seen, want)

import pytest
import torch
from torch.testing import assert_close

from graphattn import patterns
from graphattn.models import ImageClassifier
from graphattn.nn import RelativeBias, RotaryEncoding
from tests.models.parts import encoder, ready


def classifier(patch=2, size=(6, 10), **options) -> ImageClassifier:
    return ready(ImageClassifier(size, patch, encoder(), 5, **options))


def test_images_do_not_mix():
    model, images = classifier(), torch.rand(3, 6, 10).double()
    for edges in (None, patterns.grid(3, 5)):
        alone = torch.cat([model(one.unsqueeze(0), edges) for one in images])
        assert_close(model(images, edges), alone)


@pytest.mark.parametrize("readout", ["cls", "mean", "attention"])
def test_all_pairs_of_patches_equal_no_adjacency(readout):
    model, images = classifier(readout=readout), torch.rand(3, 6, 10).double()
    assert_close(model(images, patterns.full(15)), model(images))


def test_a_pixel_sees_as_far_as_its_neighbourhood_and_layers_reach():
    model = classifier(1, (7, 7), places=False, readout="sum")
    x = torch.rand(49, 12).double().requires_grad_()
    encoded = model.summary.encoder(x, patterns.grid(7, 7))
    seen = torch.autograd.grad(encoded[24].dot(torch.randn(12).double()), x)[0]
    near = (seen != 0).any(1).view(7, 7)
    want = torch.zeros(7, 7, dtype=torch.bool)
    want[1:6, 1:6] = True
    assert torch.equal(near, want)


def test_patches_may_be_shuffled_only_where_no_place_is_told():
    images = torch.rand(3, 4, 6).double()
    moved = images.flip(1)
    plain = classifier(1, (4, 6), places=False, readout="mean")
    assert_close(plain(moved), plain(images))
    placed = classifier(1, (4, 6), readout="mean")
    assert not torch.allclose(placed(moved), placed(images))


def test_blocks_may_tell_rows_and_columns_themselves():
    for position in (RotaryEncoding(4, dims=2), RelativeBias(3, reach=2, dims=2)):
        blocks = encoder(position=position)
        for readout in ("cls", "mean"):
            model = ready(
                ImageClassifier((4, 6), 2, blocks, 5, places=False, readout=readout)
            )
            images = torch.rand(3, 4, 6).double()
            assert_close(model(images, patterns.full(6)), model(images))
            assert not torch.allclose(model(images.flip(2)), model(images))


def test_colours_are_read_together():
    model = classifier(channels=3)
    assert model(torch.rand(2, 3, 6, 10).double()).shape == (2, 5)


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="patch must divide the height and the width"):
        classifier(4)
    with pytest.raises(ValueError, match="adjacency must be one of the grid"):
        classifier()(torch.rand(3, 6, 10).double(), patterns.grid(6, 10))
    with pytest.raises(ValueError, match="images must have the shape"):
        classifier()(torch.rand(3, 10, 6).double())

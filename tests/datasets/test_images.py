import pytest
import torch
from torch_geometric.utils import is_undirected

from graphattn.datasets import DataError, load
from graphattn.datasets.images import grid, patches


def test_a_node_of_the_grid_is_linked_to_its_up_to_8_neighbours():
    edge_index = grid(3, 5)
    assert edge_index[1, edge_index[0] == 0].tolist() == [1, 5, 6]
    assert edge_index[1, edge_index[0] == 7].tolist() == [1, 2, 3, 6, 8, 11, 12, 13]
    assert is_undirected(edge_index)


def test_patches_are_cut_row_by_row():
    image = torch.arange(24.0).view(1, 4, 6)
    cut = patches(image, 2)
    assert cut.shape == (1, 6, 4)
    assert cut[0, 0].tolist() == [0, 1, 6, 7]
    assert cut[0, 1].tolist() == [2, 3, 8, 9]
    assert cut[0, 3].tolist() == [12, 13, 18, 19]


def test_digits_as_pixels_and_as_patches_hold_the_same_values():
    pixels, patched = load("digits"), load("digits", patch=4)
    assert patched[7].x.shape == (4, 16)
    assert patched[7].num_edges == 12
    assert pixels[7].x.sum() == patched[7].x.sum()
    assert pixels[7].pos[:10].tolist()[7:] == [[7, 0], [0, 1], [1, 1]]
    assert pixels.class_names == tuple("0123456789")
    assert 0 <= pixels[7].x.min() <= pixels[7].x.max() <= 1


def test_a_patch_must_divide_the_image():
    with pytest.raises(DataError) as error:
        load("digits", patch=3)
    assert str(error.value) == (
        "datasets.load: patch must be 1 (pixels), or divide the height and the width. "
        "Got:\n  patch = 3\n  height = 8\n  width = 8"
    )

"""Images as graphs: every pixel, or every patch, is a node of a grid."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import torch
from jaxtyping import Int, Shaped, UInt8
from torch import Tensor
from torch_geometric.data import Data

from graphattn.datasets.errors import check
from graphattn.datasets.extras import need
from graphattn.datasets.graph_dataset import GraphDataset

_CALLER = "datasets.load"
MOST_PATCHES = 100
Patch = int | Literal["auto"]
"""Side of a square patch in pixels."""


def grid(height: int, width: int) -> Int[Tensor, "2 num_edges"]:
    """Returns the edges between all neighbours of a grid, the diagonal ones too.

    Nodes are numbered row by row; edges are sorted by source, then by target.

    Args:
        height: In nodes.
        width: In nodes.
    """
    node = np.arange(height * width)
    down, right = np.divmod(node, width)
    steps = [(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1) if i or j]
    rows = np.stack([down + i for i, _ in steps], axis=1)
    columns = np.stack([right + j for _, j in steps], axis=1)
    inside = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
    source = np.repeat(node, inside.sum(1))
    return torch.from_numpy(np.stack([source, (rows * width + columns)[inside]]))


def fitting_patch(height: int, width: int) -> int:
    """Returns the side of the smallest patch that leaves at most `MOST_PATCHES`.

    Where none divides both sides and leaves so few, the largest that divides them.

    Args:
        height: In pixels.
        width: In pixels.
    """
    sides = [
        p for p in range(1, min(height, width) + 1) if not (height % p or width % p)
    ]
    few = (p for p in sides if (height // p) * (width // p) <= MOST_PATCHES)
    return next(few, sides[-1])


def patches(
    images: Shaped[Tensor, "num_images *channels height width"], size: int
) -> Shaped[Tensor, "num_images num_patches values"]:
    """Cuts images into square patches, row by row, each a vector of its values.

    Args:
        images: Their height and width are multiples of `size`.
        size: Side of a patch in pixels.
    """
    with_channels = images.view(len(images), -1, *images.shape[-2:])
    cut = with_channels.unfold(2, size, size).unfold(3, size, size)
    return cut.permute(0, 2, 3, 1, 4, 5).flatten(3).flatten(1, 2)


class ImageDataset(GraphDataset):
    """Images of one size: they share the edges and the places of their nodes.

    `x` [patches, values] is from 0 to 1, `pos` the column and row of each patch.
    """

    def __init__(
        self,
        images: UInt8[Tensor, "num_images *channels height width"],
        y: Int[Tensor, " num_images"],
        *,
        patch: Patch,
        levels: int = 255,
        name: str,
        target: str,
        class_names: Sequence[str],
        parts: Sequence[str] = (),
    ) -> None:
        """Cuts the images into patches.

        Args:
            images: The values of all images.
            y: The class of each.
            patch: Side of a patch in pixels; it divides height and width. "auto" is
                the smallest that leaves no more than `MOST_PATCHES`.
            levels: The highest value.
            name: Of the dataset.
            target: Name of what the classes are.
            class_names: One per class.
            parts: "train", "val" or "test" for each image, or "".

        Raises:
            DataError: `patch` does not divide the sides.
        """
        height, width = images.shape[-2:]
        patch = fitting_patch(height, width) if patch == "auto" else patch
        rule = "patch must be 1 (pixels), or divide the height and the width"
        fits = patch >= 1 and height % patch == 0 and width % patch == 0
        given = {"patch": patch, "height": height, "width": width}
        check(fits, _CALLER, rule, given)
        x = patches(images, patch)
        ptr = torch.arange(len(x) + 1)
        super().__init__(
            Data(x=x.flatten(0, 1), y=y.view(-1, 1)),
            {"x": ptr * x.shape[1], "y": ptr},
            name=name,
            kind="image",
            task="classification",
            target_names=[target],
            class_names=class_names,
            parts=parts,
        )
        self._levels = levels
        self._edges = grid(height // patch, width // patch)
        down, right = np.divmod(np.arange(x.shape[1]), width // patch)
        self._pos = torch.from_numpy(np.stack([right, down], axis=1)).float()

    def get(self, idx: int) -> Data:
        """Returns image `idx`; all images have the same `edge_index` and `pos`.

        Args:
            idx: Position in the whole dataset.
        """
        data = super().get(idx)
        assert isinstance(data.x, Tensor)
        data.x = data.x.float() / self._levels
        data.edge_index, data.pos = self._edges, self._pos
        return data


def read(*, name: str, patch: Patch = 1) -> GraphDataset:
    """Reads scikit-learn's handwritten digits.

    Args:
        name: Of the dataset.
        patch: Side of a patch in pixels: 1 for pixels, else 2, 4 or 8; or "auto".

    Raises:
        DataError: `patch` does not divide 8.
        ImportError: scikit-learn is not installed.
    """
    digits = need("sklearn.datasets", "app").load_digits()
    return ImageDataset(
        torch.from_numpy(digits.images).to(torch.uint8),
        torch.from_numpy(digits.target).long(),
        patch=patch,
        levels=16,
        name=name,
        target="digit",
        class_names=[str(digit) for digit in digits.target_names],
    )

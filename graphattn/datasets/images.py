"""Images as graphs: every pixel, or every patch, is a node of a grid."""

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch_geometric.data import Data

from graphattn.datasets.errors import check
from graphattn.datasets.extras import need
from graphattn.datasets.graph_dataset import GraphDataset

_CALLER = "datasets.load"


def grid(height: int, width: int) -> Int[Tensor, "2 num_edges"]:
    """Returns the edges between all neighbours of a grid, the diagonal ones too.

    Nodes are numbered row by row; edges are sorted by source, then by target.

    Args:
        height: In nodes.
        width: In nodes.
    """
    down, right = np.divmod(np.arange(height * width), width)
    far = np.maximum(abs(down[:, None] - down), abs(right[:, None] - right))
    return torch.from_numpy(np.stack(np.nonzero(far == 1)))


def patches(
    images: Float[Tensor, "num_images height width"], size: int
) -> Float[Tensor, "num_images num_patches pixels"]:
    """Cuts images into square patches, row by row, each a vector of its pixels.

    Args:
        images: Their height and width are multiples of `size`.
        size: Side of a patch in pixels.
    """
    cut = images.unfold(1, size, size).unfold(2, size, size)
    return cut.flatten(3).flatten(1, 2)


def read(*, name: str, patch: int = 1) -> GraphDataset:
    """Reads scikit-learn's handwritten digits.

    Args:
        name: Of the dataset.
        patch: Side of a patch in pixels: 1 for pixels, else 2 or 4.

    Raises:
        DataError: `patch` does not divide 8.
        ImportError: scikit-learn is not installed.
    """
    rule = "patch must be 1 (pixels), 2, 4 or 8: it divides the 8 x 8 image"
    check(patch in (1, 2, 4, 8), _CALLER, rule, {"patch": patch})
    digits = need("sklearn.datasets", "app").load_digits()
    images = torch.from_numpy(digits.images).float() / 16
    x = patches(images, patch)
    count, nodes, _ = x.shape
    side = 8 // patch
    edges = grid(side, side)
    down, right = np.divmod(np.arange(nodes), side)
    pos = torch.from_numpy(np.stack([right, down], axis=1)).float()
    data = Data(
        x=x.flatten(0, 1),
        edge_index=edges.repeat(1, count),
        pos=pos.repeat(count, 1),
        y=torch.from_numpy(digits.target).long().view(-1, 1),
    )
    ptr = torch.arange(count + 1)
    slices = {"x": ptr * nodes, "pos": ptr * nodes}
    slices |= {"edge_index": ptr * edges.shape[1], "y": ptr}
    return GraphDataset(
        data,
        slices,
        name=name,
        kind="image",
        task="classification",
        target_names=["digit"],
        class_names=[str(digit) for digit in digits.target_names],
    )

"""The class of an image, from its patches or its pixels."""

from jaxtyping import Float
from torch import Tensor, nn

from graphattn._errors import require
from graphattn.adjacency import Adjacency
from graphattn.datasets.images import patches
from graphattn.models.summary import Summary
from graphattn.nn import Encoder, LearnedEncoding, grid_places


class ImageClassifier(nn.Module):
    """Cuts images into patches, attends among them, and names the class.

    A patch of 1 is a pixel: then an adjacency such as ``patterns.grid(28, 28)`` lets
    each see its surroundings, and nothing is as large as all pairs of pixels.

    Args:
        size: Height and width of the images in pixels.
        patch: Side of a patch, which divides both.
        encoder: The blocks over patches.
        outputs: Classes.
        channels: Numbers per pixel: 1 for grey, 3 for colours.
        places: Whether a learned encoding of row and column is added to each patch;
            False leaves telling places to the blocks' own positions.
        readout: ``"cls"``, ``"mean"``, ``"sum"``, ``"max"`` or ``"attention"``.

    Raises:
        ValueError: `patch` does not divide `size`.

    Source:
        Dosovitskiy et al. 2021, https://arxiv.org/abs/2010.11929.
    """

    place: Tensor

    def __init__(
        self,
        size: tuple[int, int],
        patch: int,
        encoder: Encoder,
        outputs: int,
        *,
        channels: int = 1,
        places: bool = True,
        readout: str = "cls",
    ) -> None:
        super().__init__()
        require(
            patch >= 1 and size[0] % patch == 0 and size[1] % patch == 0,
            "ImageClassifier",
            "patch must divide the height and the width of the images",
            {"size": size, "patch": patch},
        )
        self.size, self.patch, self.channels = size, patch, channels
        self.grid = (size[0] // patch, size[1] // patch)
        self.register_buffer("place", grid_places(*self.grid), persistent=False)
        self.embedding = nn.Linear(channels * patch**2, encoder.channels)
        self.position = LearnedEncoding(self.grid, encoder.channels) if places else None
        self.summary = Summary(encoder, readout)
        self.head = nn.Linear(encoder.channels, outputs)

    def forward(
        self,
        images: Float[Tensor, "num_images *channels height width"],
        edge_index: Tensor | Adjacency | None = None,
    ) -> Float[Tensor, "num_images outputs"]:
        """Returns one row of scores per image.

        Args:
            images: Their pixels; the dimension of channels may be left out where there
                is one.
            edge_index: Who attends to whom among the patches of an image, row by row,
                the same in all; None: everyone.

        Raises:
            ValueError: Images of another size, or an adjacency of another grid.
        """
        shape = (self.channels, *self.size)
        require(
            tuple(images.shape[1:]) in (shape, shape[self.channels == 1 :]),
            "ImageClassifier",
            "images must have the shape [num_images, channels, height, width] that the "
            "model was made for",
            {"images": images, "channels, height, width": shape},
        )
        count = self.grid[0] * self.grid[1]
        require(
            not isinstance(edge_index, Adjacency) or edge_index.num_targets == count,
            "ImageClassifier",
            "the adjacency must be one of the grid of patches",
            {"adjacency": edge_index, "grid": self.grid, "patches": count},
        )
        x = self.embedding(patches(images, self.patch))
        if self.position is not None:
            x = self.position(x, place=self.place)
        asked = self.summary.encoder.is_placed
        place = self.place if asked else None
        return self.head(self.summary(x, edge_index, place=place))
